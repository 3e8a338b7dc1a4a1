/** The words around a flame. */
import { element } from './dom.js'
import { formatShare, formatValue } from './format.js'

export const HELP =
  'Arrow keys move between frames, Enter zooms, Escape shows everything, plus and minus zoom, ' +
  'slash searches, s shows callers and callees of the frame.'

export function legend() {
  const item = (kind, text) => element('span', {}, element('i', { className: `swatch ${kind}` }), text)
  return element(
    'p',
    { className: 'legend' },
    item('less', 'surely less'),
    item('none', 'no sure change'),
    item('more', 'surely more'),
    item('added', 'only after'),
    item('removed', 'only before'),
  )
}

/** What width and colour mean in this view. */
export function noteOn({ shape, side, sandwich, time }, nodes, frames, per) {
  const part = time
    ? ` Only what was sampled from ${time[0]} to ${time[1]} ms of the profile, so there are no intervals.`
    : ''
  if (shape === 'sandwich')
    return `Who calls ${frames[sandwich].name} (above), and what it calls (below).${part}`
  const width =
    side === 'diff'
      ? `what a frame costs ${per} on either side, whichever is more`
      : `cost ${per} ${side} the change`
  const colour = side === 'diff' ? 'what changed beyond doubt' : 'category'
  const start =
    shape === 'owners' ? 'Whose code costs by itself, its functions, and their callers.' : `${nodes} nodes.`
  return `${start} Width: ${width}. Colour: ${colour}.${part}`
}

/** What a search found, and what it costs. */
export function totalText(hits, unit, sums) {
  if (!hits) return ''
  if (hits.nodes === 0) return 'nothing found'
  const cost = `${formatValue(hits.before, unit)} → ${formatValue(hits.after, unit)}`
  const share = `${formatShare(hits.before, sums.before)} → ${formatShare(hits.after, sums.after)}`
  return `${hits.functions} function${hits.functions === 1 ? '' : 's'}: ${cost} (${share})`
}
