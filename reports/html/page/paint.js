/**
 * Draws the rows in view. A row is computed as one line of pixels and copied to its height, so that the cost depends on
 * the pixels and hardly on the number of nodes. Only labels are left to the canvas.
 */
import { FOUND } from './colour.js'
import { firstBeyond, nextBeyond } from './layout.js'

export const ROW = 20
const TEXT_ROOM = 30
const PADDING = 5
/** A frame that is only on one side gets an outline if it is at least this wide. */
const OUTLINE_ROOM = 5
const DASH = 3

/**
 * `scene`: tree, layout, tones, palette, found (Uint8Array or null), focus (node or −1), font.
 * `view`: from, to (units of cost), top (px scrolled), width, height (px), flipped; `image` is kept for next time.
 */
export function paint(context, scene, view) {
  const ratio = context.canvas.width / view.width
  const { width, height } = context.canvas
  if (view.image?.width !== width || view.image.height !== height)
    view.image = context.createImageData(width, height)
  const pixels = new Uint32Array(view.image.data.buffer)
  pixels.fill(scene.palette.paper)
  const labels = []
  if (scene.layout.extent > 0) {
    const first = Math.max(0, Math.floor(view.top / ROW))
    const last = Math.min(scene.layout.rows - 1, Math.floor((view.top + view.height) / ROW))
    const lines = { body: new Uint32Array(width), edge: new Uint32Array(width), ratio }
    for (let line = first; line <= last; line++) {
      paintRow(scene, view, line, lines, labels)
      copyRow(pixels, lines, width, height, Math.round((line * ROW - view.top) * ratio))
    }
  }
  context.putImageData(view.image, 0, 0)
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  paintLabels(context, scene, labels)
  if (scene.focus >= 0) outlineFocus(context, scene, view)
}

export const rowTop = (view, layout, row) =>
  (view.flipped ? (layout.rows - 1 - row) * ROW : row * ROW) - view.top

/** Fills the two lines of a row: `edge` is its first and last line, `body` everything between. */
function paintRow(scene, view, line, lines, labels) {
  const { tree, layout, tones, palette, found } = scene
  const { body, edge, ratio } = lines
  const row = view.flipped ? layout.rows - 1 - line : line
  const width = body.length
  const scale = width / (view.to - view.from)
  const end = layout.start[row + 1]
  body.fill(palette.paper)
  edge.fill(palette.paper)
  let at = firstBeyond(layout, layout.start[row], end, view.from)
  while (at < end) {
    const node = layout.nodes[at]
    const left = (layout.x[node] - view.from) * scale
    if (left >= width) break
    const right = left + layout.width[node] * scale
    const faded = found !== null && !found[node]
    const tone = found?.[node] ? FOUND : tones[node]
    const colour = (faded ? palette.fadedFill : palette.fill)[tone]
    if (right - left < 1) {
      // One pixel shows all siblings that begin in it: skip to the first that reaches beyond.
      const pixel = Math.max(0, Math.floor(left))
      body[pixel] = colour
      edge[pixel] = colour
      at = nextBeyond(layout, at + 1, end, view.from + (pixel + 1) / scale)
      continue
    }
    const from = Math.max(0, Math.round(left))
    const room = Math.min(width, Math.round(right)) - from
    const to = from + (room > 3 * ratio ? room - Math.round(ratio) : Math.max(1, room))
    body.fill(colour, from, to)
    edge.fill(colour, from, to)
    if (room > OUTLINE_ROOM * ratio) outline(lines, tree, palette.ink, node, from, to)
    if (room > TEXT_ROOM * ratio)
      labels.push(node, from / ratio, line * ROW - view.top, room / ratio, tone, faded)
    at++
  }
}

/** A new frame has a line around it, a removed one a dashed line. */
function outline({ body, edge }, tree, ink, node, from, to) {
  const added = tree.totalBefore[node] === 0
  const removed = tree.totalAfter[node] === 0
  if (added === removed) return
  for (let x = from; x < to; x++) if (added || x % (2 * DASH) < DASH) edge[x] = ink
  body[from] = ink
  body[to - 1] = ink
}

function copyRow(pixels, { body, edge, ratio }, width, height, top) {
  const lines = Math.round(ROW * ratio) - Math.round(ratio)
  for (let i = Math.max(0, -top); i < lines && top + i < height; i++) {
    pixels.set(i === 0 || i === lines - 1 ? edge : body, (top + i) * width)
  }
}

function paintLabels(context, scene, labels) {
  const { tree, palette } = scene
  context.font = `12px ${scene.font}`
  context.textBaseline = 'middle'
  const character = context.measureText('0').width
  for (let i = 0; i < labels.length; i += 6) {
    const name = tree.frames[tree.frame[labels[i]]].name
    const room = labels[i + 3] - 2 * PADDING
    const letters = Math.floor(room / character)
    context.fillStyle = (labels[i + 5] ? palette.fadedText : palette.text)[labels[i + 4]]
    const text = name.length <= letters ? name : `${name.slice(0, Math.max(1, letters - 1))}…`
    const [x, y] = [labels[i + 1] + PADDING, labels[i + 2] + ROW / 2]
    // Text in wider scripts is squeezed into the room.
    if (ASCII.test(text)) context.fillText(text, x, y)
    else context.fillText(text, x, y, room)
  }
}

const ASCII = /^[ -~…]*$/

function outlineFocus(context, scene, view) {
  const { tree, layout, focus, palette } = scene
  const scale = view.width / (view.to - view.from)
  const left = Math.max(0, (layout.x[focus] - view.from) * scale)
  const right = Math.min(view.width, (layout.x[focus] + layout.width[focus] - view.from) * scale)
  if (right <= 0 || left >= view.width) return
  context.strokeStyle = palette.outline
  context.lineWidth = 2
  const y = rowTop(view, layout, tree.depth[focus])
  context.strokeRect(left + 1, y + 1, Math.max(2, right - left - 3), ROW - 3)
}
