/** What came of every kind of fault at every moment, as the table of docs/reliability.md. */
import { KINDS, MOMENTS, titleOf } from './kinds.ts'
import type { CaseFound } from './outcome.ts'

/** Characters of a message. */
const LONGEST = 110

export function casesTable(found: CaseFound[]): string {
  const head = ['fault', ...MOMENTS, 'what is said of it']
  const rows = KINDS.map(kind => {
    const of = found.filter(({ fault }) => fault === titleOf(kind))
    return [
      titleOf(kind),
      ...MOMENTS.map(moment =>
        kind.outcomes[moment] ? cellOf(of.find(it => it.moment === moment)) : 'does not apply',
      ),
      messageOf(of),
    ]
  })
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

/** What came of it, exit code, rounds kept; and what was not as promised. */
function cellOf(found: CaseFound | undefined): string {
  if (!found) return 'not tried'
  const { outcome, code, rounds, broken } = found
  return broken.length > 0 ? `**${broken.join(', ')}**` : `${outcome}, ${code ?? 'none'}, ${rounds}`
}

/** Of those moments that have one, the one in the middle of measuring before others; without what the target said last. */
function messageOf(found: CaseFound[]): string {
  const told = found.filter(it => it.told !== '')
  const { told: text = '' } = told.find(({ moment }) => moment === 'timed') ?? told[0] ?? {}
  const own = text.replace(/ (\(last output: .*|→ .*)$/, '')
  const short = own.length > LONGEST ? `${own.slice(0, LONGEST)}…` : own
  return short.replaceAll('|', '\\|')
}
