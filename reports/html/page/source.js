/** The source of a function in both versions, with what each line costs by itself. */
import { element } from './dom.js'
import { formatValue } from './format.js'

/** @param source as `inflate.js` unpacks it */
export function sourceTable({ rows, rest }, unit, per) {
  const total = [...rows.map(costOf), rest].reduce(([a, b], [c, d]) => [a + c, b + d])
  const columns = columnsOf(rows)
  const indent = Math.min(...rows.map(({ text }) => (text === '' ? Infinity : text.search(/\S|$/))))
  const most = Math.max(...rows.flatMap(costOf))
  const figures = (costs, zero) =>
    costs.map(self =>
      element('td', {
        className: self > 0 && self >= most / 2 ? 'figure most' : 'figure',
        textContent: self > 0 ? formatValue(self, unit) : zero,
      }),
    )
  const lineOf = row =>
    element(
      'tr',
      { className: hasBoth(rows) ? kindOf(row) : '' },
      ...columns.map(({ of }) => element('td', { className: 'number', textContent: of(row)?.line ?? '' })),
      ...figures(costOf(row), ''),
      element('td', {}, element('code', { textContent: row.text.slice(indent) })),
    )
  const sumOf = (textContent, costs) =>
    element(
      'tr',
      {},
      element('td', { colSpan: columns.length }),
      ...figures(costs, '0'),
      element('th', { scope: 'row', textContent }),
    )
  const gap = () =>
    element('tr', { className: 'gap' }, element('td', { colSpan: columns.length + 3, textContent: '⋯' }))
  const heads = [...columns.map(({ title }) => title), 'before', 'after'].map(textContent =>
    element('th', { scope: 'col', className: 'figure', textContent }),
  )
  const table = element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...heads, element('th'))),
    element('tbody', {}, ...withGaps(rows).map(row => (row === GAP ? gap() : lineOf(row)))),
    element(
      'tfoot',
      {},
      ...(Math.max(...rest) > 0 ? [sumOf('rest, without a line', rest)] : []),
      sumOf('the whole function', total),
    ),
  )
  const title = element('p', {
    textContent: `Self cost by line, ${per}: over all calls and the whole profile`,
  })
  return element(
    'div',
    { className: 'source', tabIndex: 0, role: 'group', 'aria-label': 'Source' },
    title,
    table,
  )
}

const costOf = ({ before, after }) => [before?.self ?? 0, after?.self ?? 0]

/** Whether both versions are known: otherwise nothing says that a line is new or gone. */
const hasBoth = rows => rows.some(({ before }) => before) && rows.some(({ after }) => after)

/** One column of line numbers where they are the same in both versions, or there is only one. */
function columnsOf(rows) {
  const isSame = ({ before, after }) => !before || !after || before.line === after.line
  if (!hasBoth(rows) || rows.every(row => row.before && row.after && isSame(row)))
    return [{ title: 'line', of: ({ before, after }) => after ?? before }]
  return [
    { title: '−', of: ({ before }) => before },
    { title: '+', of: ({ after }) => after },
  ]
}

function kindOf({ before, after }) {
  if (before && after) return ''
  return before ? 'removed' : 'added'
}

const GAP = Symbol('lines that are not shown')

function withGaps(rows) {
  const last = {}
  return rows.flatMap((row, i) => {
    const skips = side => row[side] && row[side].line > (last[side] ?? row[side].line) + 1
    const isGap = i > 0 && (skips('before') || skips('after'))
    for (const side of ['before', 'after']) if (row[side]) last[side] = row[side].line
    return isGap ? [GAP, row] : [row]
  })
}
