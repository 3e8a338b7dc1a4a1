/** What is known of one node, as text and numbers. */
import { element } from './dom.js'
import { formatShare, formatSigned, formatValue } from './format.js'

export function showDetails(box, tree, whole, node) {
  box.replaceChildren(...(node < 0 ? [] : contentOf(tree, whole, node)))
}

/** One line for a screen reader. */
export function describeNode(tree, whole, node) {
  const frame = tree.frames[tree.frame[node]]
  const [before, after] = [tree.totalBefore[node], tree.totalAfter[node]]
  const sides = `${formatValue(before, tree.unit)} before, ${formatValue(after, tree.unit)} after`
  const share = formatShare(Math.max(before, after), Math.max(whole.before, whole.after))
  return `${frame.name}: ${sides}, ${share}, ${certainty(tree, node)}`
}

function certainty(tree, node) {
  const [low, high] = [tree.low[node], tree.high[node]]
  if (!Number.isFinite(low) || !Number.isFinite(high)) return 'no interval'
  if (low > 0) return 'more, beyond doubt'
  return high < 0 ? 'less, beyond doubt' : 'no change beyond doubt'
}

function contentOf(tree, whole, node) {
  const frame = tree.frames[tree.frame[node]]
  const { unit } = tree
  const place = frame.file ? `${frame.file}${frame.line > 0 ? `:${frame.line}` : ''}` : 'no file'
  const range = (low, high) =>
    Number.isFinite(low) ? `${formatSigned(low, unit)} … ${formatSigned(high, unit)}` : ''
  const share = (figure, side) => {
    const all = whole.requests
      ? ` · ${formatValue(figure * whole.requests[side === 'before' ? 0 : 1], unit)} in all`
      : ''
    return `${formatShare(figure, whole[side])}${all}`
  }
  const row = (label, before, after, low, high) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row', textContent: label }),
      ...[
        [formatValue(before, unit), share(before, 'before')],
        [formatValue(after, unit), share(after, 'after')],
        [formatSigned(after - before, unit), range(low, high)],
      ].map(([figure, textContent]) =>
        element('td', { className: 'figure' }, figure, element('small', { textContent })),
      ),
    )
  const head = [whole.per, 'before', 'after', 'change'].map((textContent, i) =>
    element('th', { textContent, scope: 'col', className: i > 0 ? 'figure' : '' }),
  )
  const chance = Number.isFinite(frame.p)
    ? ` · by chance: p ${frame.p < 0.001 ? '< 0.001' : frame.p.toFixed(3)}`
    : ''
  const rows = [
    row('with callees', tree.totalBefore[node], tree.totalAfter[node], tree.low[node], tree.high[node]),
    row('itself, here', tree.before[node], tree.after[node], Number.NaN, Number.NaN),
  ]
  const table = element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows),
  )
  return [
    element('p', { className: 'who' }, element('code', { textContent: frame.name })),
    element('p', {
      className: 'where',
      textContent: `${place} · ${frame.category} · ${frame.match}${chance}`,
    }),
    element('div', { className: 'figures' }, table),
    element('p', { className: 'sure', textContent: certainty(tree, node) }),
    ...(frame.source ? [sourceOf(frame.source)] : []),
  ]
}

/** The first lines of a function, as they were when it was measured. */
function sourceOf({ from, lines }) {
  const rows = lines.map((line, i) =>
    element(
      'li',
      {},
      element('i', { textContent: String(from + i) }),
      element('code', { textContent: line }),
    ),
  )
  return element('ol', { className: 'source', 'aria-label': 'Source' }, ...rows)
}
