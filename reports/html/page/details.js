/** What is known of one node, as text and numbers. */
import { element } from './dom.js'
import { formatShare, formatSigned, formatValue } from './format.js'
import { sourceTable } from './source.js'

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
  const { name, file, line, category, match, p, source } = tree.frames[tree.frame[node]]
  const place = file ? `${file}${line > 0 ? `:${line}` : ''}` : 'no file'
  const chance = Number.isFinite(p) ? ` · by chance: p ${p < 0.001 ? '< 0.001' : p.toFixed(3)}` : ''
  const where = `${place} · ${category} · ${match}${chance}`
  return [
    element('p', { className: 'who' }, element('code', { textContent: name })),
    element('p', { className: 'where', textContent: where }),
    element('div', { className: 'figures' }, figuresOf(tree, whole, node)),
    element('p', { className: 'sure', textContent: certainty(tree, node) }),
    ...(source ? [sourceTable(source, tree.unit, whole.per)] : []),
  ]
}

function figuresOf({ unit, totalBefore, totalAfter, before, after, low, high }, whole, node) {
  const share = (figure, side) => {
    const requests = whole.requests?.[side === 'before' ? 0 : 1]
    const all = requests === undefined ? '' : ` · ${formatValue(figure * requests, unit)} in all`
    return `${formatShare(figure, whole[side])}${all}`
  }
  const row = (label, from, to, range) => {
    const cells = [
      [formatValue(from, unit), share(from, 'before')],
      [formatValue(to, unit), share(to, 'after')],
      [formatSigned(to - from, unit), range],
    ].map(([figure, textContent]) =>
      element('td', { className: 'figure' }, figure, element('small', { textContent })),
    )
    return element('tr', {}, element('th', { scope: 'row', textContent: label }), ...cells)
  }
  const head = [whole.per, 'before', 'after', 'change'].map((textContent, i) =>
    element('th', { textContent, scope: 'col', className: i > 0 ? 'figure' : '' }),
  )
  const range = Number.isFinite(low[node])
    ? `${formatSigned(low[node], unit)} … ${formatSigned(high[node], unit)}`
    : ''
  const rows = [
    row('with callees', totalBefore[node], totalAfter[node], range),
    row('itself, here', before[node], after[node], ''),
  ]
  return element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows))
}
