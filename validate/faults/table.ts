/** The rules as a table: what comes of every kind of fault at every moment. It stands in docs/reliability.md. */
import { KINDS, type Kind, MOMENTS } from './kinds.ts'

export function rulesTable(): string {
  const head = ['fault', ...MOMENTS]
  const rows = KINDS.map(kind => [
    titleOf(kind),
    ...MOMENTS.map(moment => kind.outcomes[moment]?.join(' or ') ?? 'does not apply'),
  ])
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

export const titleOf = ({ name, victim }: Kind): string =>
  victim === 'target' ? `target ${name}` : `${name} to the ${victim}`
