/** Draws the rows in view. Cost depends on the pixels, hardly on the number of nodes. */
import { FOUND } from './colour.js'
import { firstBeyond } from './layout.js'

export const ROW = 20
const TEXT_ROOM = 26
const PADDING = 5

/**
 * `scene`: tree, layout, tones, palette, found (Uint8Array or null), focus (node or −1).
 * `view`: from, to (units of cost), top (px scrolled), width, height (px), flipped.
 */
export function paint(context, scene, view) {
  const { layout, palette } = scene
  context.fillStyle = palette.paper
  context.fillRect(0, 0, view.width, view.height)
  if (layout.extent <= 0) return
  const first = Math.max(0, Math.floor(view.top / ROW))
  const last = Math.min(layout.rows - 1, Math.floor((view.top + view.height) / ROW))
  const labels = []
  for (let row = first; row <= last; row++) paintRow(context, scene, view, row, labels)
  paintLabels(context, scene, labels)
  if (scene.focus >= 0) outlineFocus(context, scene, view)
}

export const rowTop = (view, layout, row) =>
  (view.flipped ? (layout.rows - 1 - row) * ROW : row * ROW) - view.top

function paintRow(context, scene, view, line, labels) {
  const { tree, layout, tones, palette, found } = scene
  const row = view.flipped ? layout.rows - 1 - line : line
  const y = line * ROW - view.top
  const scale = view.width / (view.to - view.from)
  const end = layout.start[row + 1]
  let at = firstBeyond(layout, layout.start[row], end, view.from)
  let style = ''
  while (at < end) {
    const node = layout.nodes[at]
    const left = (layout.x[node] - view.from) * scale
    if (left >= view.width) break
    const right = left + layout.width[node] * scale
    const faded = found !== null && !found[node]
    const tone = found?.[node] ? FOUND : tones[node]
    const fill = (faded ? palette.fadedFill : palette.fill)[tone]
    if (fill !== style) {
      context.fillStyle = fill
      style = fill
    }
    if (right - left < 1) {
      // One pixel stands for all siblings that begin in it: skip to the first that reaches beyond.
      const pixel = Math.floor(left)
      context.fillRect(pixel, y, 1, ROW - 1)
      at = Math.max(at + 1, firstBeyond(layout, at + 1, end, view.from + (pixel + 1) / scale))
      continue
    }
    const x = Math.max(0, left)
    const width = Math.min(view.width, right) - x
    context.fillRect(x, y, Math.max(0.5, width - (width > 3 ? 1 : 0)), ROW - 1)
    if (width > 5) paintOutline(context, tree, palette, node, x, y, width)
    if (width > TEXT_ROOM) labels.push(node, x, y, width, tone, faded ? 1 : 0)
    at++
  }
}

/** What is only on one side is outlined: new with a line, removed with dashes. */
function paintOutline(context, tree, palette, node, x, y, width) {
  const added = tree.totalBefore[node] === 0
  const removed = tree.totalAfter[node] === 0
  if (added === removed) return
  context.strokeStyle = palette.outline
  context.lineWidth = 1
  context.setLineDash(removed ? [3, 2] : [])
  context.strokeRect(x + 0.5, y + 0.5, width - 2, ROW - 2)
}

function paintLabels(context, scene, labels) {
  const { tree, palette } = scene
  context.font = `12px ${scene.font}`
  context.textBaseline = 'middle'
  const character = context.measureText('0').width
  for (let i = 0; i < labels.length; i += 6) {
    const [node, x, y, width, tone, faded] = labels.slice(i, i + 6)
    const name = tree.frames[tree.frame[node]].name
    const room = Math.floor((width - 2 * PADDING) / character)
    if (room < 2) continue
    context.fillStyle = (faded ? palette.fadedText : palette.text)[tone]
    const text = name.length <= room ? name : `${name.slice(0, room - 1)}…`
    // Scripts that are wider than the measure are pressed into the room.
    context.fillText(text, x + PADDING, y + ROW / 2, width - 2 * PADDING)
  }
}

function outlineFocus(context, scene, view) {
  const { tree, layout, focus, palette } = scene
  const scale = view.width / (view.to - view.from)
  const left = Math.max(0, (layout.x[focus] - view.from) * scale)
  const right = Math.min(view.width, (layout.x[focus] + layout.width[focus] - view.from) * scale)
  if (right <= 0 || left >= view.width) return
  context.setLineDash([])
  context.strokeStyle = palette.outline
  context.lineWidth = 2
  const y = rowTop(view, layout, tree.depth[focus])
  context.strokeRect(left + 1, y + 1, Math.max(2, right - left - 3), ROW - 3)
}
