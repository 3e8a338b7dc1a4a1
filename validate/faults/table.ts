/** The table of docs/reliability.md: the effect of every fault at every moment. */
import type { Cell } from './cases.ts'
import { KINDS, MOMENTS, titleOf } from './kinds.ts'

/** Characters of a message. */
const LONGEST = 110

export function casesTable(cells: Cell[]): string {
  const head = ['fault', ...MOMENTS, 'what is said of it']
  const rows = KINDS.map(kind => {
    const own = cells.filter(({ fault }) => fault === titleOf(kind))
    const columns = MOMENTS.map(moment =>
      kind.effects[moment] ? textOf(own.find(cell => cell.moment === moment)) : 'does not apply',
    )
    return [titleOf(kind), ...columns, messageOf(own)]
  })
  return [head, head.map(() => '---'), ...rows].map(columns => `| ${columns.join(' | ')} |`).join('\n')
}

/** Effect, exit code and rounds kept, or the broken promises. */
function textOf(cell: Cell | undefined): string {
  if (!cell) return 'not tried'
  const { effect, code, rounds, broken } = cell
  return broken.length > 0 ? `**${broken.join(', ')}**` : `${effect}, ${code ?? 'none'}, ${rounds}`
}

/** The message of a fault in the timed slices if there is one, without the target's last output. */
function messageOf(cells: Cell[]): string {
  const withMessage = cells.filter(cell => cell.message !== '')
  const { message = '' } = withMessage.find(({ moment }) => moment === 'timed') ?? withMessage[0] ?? {}
  const own = message.replace(/ (\(last output: .*|→ .*)$/, '')
  const short = own.length > LONGEST ? `${own.slice(0, LONGEST)}…` : own
  return short.replaceAll('|', '\\|')
}
