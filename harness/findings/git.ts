/** Findings about a baseline from git. */
import type { Entry } from '../model/finding.ts'

export const GIT_FINDINGS = {
  'uncommitted-changes': {
    severity: 'info',
    advice: 'Commit them first where a commit is what you want judged.',
  },
  'same-commit': { severity: 'warning', advice: 'Name an older commit: `--baseline git:HEAD^`.' },
  'copied-modules': {
    severity: 'info',
    advice:
      'Install the package manager, or set `prepare` of the target, to have the commit’s modules installed.',
  },
  'scripted-modules': {
    severity: 'warning',
    advice:
      'If these scripts read files of the project, set `prepare` of the target to the command that runs them.',
  },
  'ignored-settings': {
    severity: 'warning',
    advice: "Copy it: `copy: ['.env']` of the target, with the names as they are here.",
  },
  'copied-code': {
    severity: 'warning',
    advice: 'What differs in it is not compared. Let `build` of the target make it on both sides instead.',
  },
  'stale-build': {
    severity: 'warning',
    advice:
      "Build first, or set `build: ['npm', 'run', 'build']` of the target, which is run before each run.",
  },
} as const satisfies Record<string, Entry>
