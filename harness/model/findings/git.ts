/** Findings about a baseline from git. */
import type { Entry } from '../finding.ts'

export const GIT_FINDINGS = {
  'uncommitted-changes': {
    severity: 'info',
    advice: 'Commit them first where a commit is what you want judged.',
  },
  'same-commit': { severity: 'warning', advice: 'Name an older commit: `--baseline git:HEAD^`.' },
  'borrowed-modules': {
    severity: 'warning',
    advice: "Say how a checkout is made runnable: `prepare` of the target, for example ['pnpm', 'install'].",
  },
} as const satisfies Record<string, Entry>
