/** One canvas with one tree: zoom, pan and scroll by pointer; it tells what is pointed at and never decides. */
import { element } from './dom.js'
import { nodeAt } from './layout.js'
import { paint, ROW, rowTop } from './paint.js'

const ROWS_AT_MOST = 26

/** `on`: hover(node, event), pick(node), key(event). */
export function makeCanvas(label, help, on) {
  const canvas = element('canvas', {
    tabIndex: 0,
    role: 'application',
    'aria-roledescription': 'flame graph',
    'aria-label': label,
    'aria-describedby': help,
  })
  const rail = element('div', { className: 'rail' }, canvas)
  const frame = element('div', { className: 'canvas' }, rail)
  const context = canvas.getContext('2d', { alpha: false })
  const view = { from: 0, to: 1, top: 0, width: 0, height: 0, flipped: false }
  let scene = null
  let waiting = false

  function draw() {
    waiting = false
    if (!scene || view.width === 0) return
    const ratio = devicePixelRatio
    const [w, h] = [Math.round(view.width * ratio), Math.round(view.height * ratio)]
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w
      canvas.height = h
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    paint(context, scene, view)
  }

  function refresh() {
    if (waiting) return
    waiting = true
    requestAnimationFrame(draw)
  }

  function measure() {
    if (!scene) return
    view.width = frame.clientWidth
    view.height = Math.max(ROW, Math.min(ROWS_AT_MOST, scene.layout.rows) * ROW)
    frame.style.height = `${view.height}px`
    rail.style.height = `${Math.max(1, scene.layout.rows) * ROW}px`
    canvas.style.height = `${view.height}px`
    refresh()
  }

  /** Shows a range of the axis; it stays inside the tree and wider than a millionth of it. */
  function show(from, to) {
    const extent = scene.layout.extent
    const width = Math.min(extent, Math.max(to - from, extent * 1e-9))
    view.from = Math.min(Math.max(0, from), extent - width)
    view.to = view.from + width
    refresh()
  }

  const control = {
    frame,
    canvas,
    view,
    setScene(next, flipped = false) {
      const fresh = scene?.layout !== next.layout
      scene = next
      view.flipped = flipped
      if (fresh) {
        show(0, scene.layout.extent)
        measure()
        frame.scrollTop = flipped ? frame.scrollHeight : 0
      } else refresh()
    },
    show,
    zoomBy(factor, at = (view.from + view.to) / 2) {
      show(at - (at - view.from) * factor, at + (view.to - at) * factor)
    },
    panBy: pixels => {
      const distance = (pixels / view.width) * (view.to - view.from)
      show(view.from + distance, view.to + distance)
    },
    showNode(node) {
      const { layout, tree } = scene
      show(layout.x[node], layout.x[node] + layout.width[node])
      control.reveal(tree.depth[node])
    },
    reveal(row) {
      const y = rowTop({ ...view, top: 0 }, scene.layout, row)
      if (y < view.top) frame.scrollTop = y - ROW
      else if (y + ROW > view.top + view.height) frame.scrollTop = y + 2 * ROW - view.height
    },
    refresh,
    measure,
    draw,
  }

  const placeOf = event => {
    const box = canvas.getBoundingClientRect()
    const at = view.from + ((event.clientX - box.left) / view.width) * (view.to - view.from)
    const line = Math.floor((event.clientY - box.top + view.top) / ROW)
    return { at, row: view.flipped ? scene.layout.rows - 1 - line : line }
  }
  const nodeUnder = event => {
    const { at, row } = placeOf(event)
    return nodeAt(scene.layout, row, at)
  }
  frame.addEventListener('scroll', () => {
    view.top = frame.scrollTop
    refresh()
  })
  canvas.addEventListener('keydown', event => on.key(event))
  listenToPointer(canvas, control, { nodeUnder, placeOf, on, ready: () => scene !== null })
  new ResizeObserver(measure).observe(frame)
  return control
}

function listenToPointer(canvas, control, { nodeUnder, placeOf, on, ready }) {
  let drag = null
  canvas.addEventListener('pointerdown', event => {
    if (event.button === 0) drag = { x: event.clientX, moved: false }
  })
  canvas.addEventListener('pointermove', event => {
    if (!ready()) return
    if (drag && event.buttons & 1 && (drag.moved || Math.abs(event.clientX - drag.x) > 4)) {
      control.panBy(drag.x - event.clientX)
      drag = { x: event.clientX, moved: true }
      if (!canvas.hasPointerCapture(event.pointerId)) canvas.setPointerCapture(event.pointerId)
      return
    }
    on.hover(nodeUnder(event), event)
  })
  canvas.addEventListener('pointerleave', event => on.hover(-1, event))
  canvas.addEventListener('click', event => {
    const dragged = drag?.moved
    drag = null
    if (!dragged && ready()) on.pick(nodeUnder(event))
  })
  canvas.addEventListener(
    'wheel',
    event => {
      if (!ready()) return
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX
      if (event.ctrlKey || event.metaKey) control.zoomBy(Math.exp(event.deltaY / 200), placeOf(event).at)
      else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) control.panBy(sideways)
      else return
      event.preventDefault()
    },
    { passive: false },
  )
}
