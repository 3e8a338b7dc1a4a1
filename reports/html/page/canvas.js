/** One canvas with one tree: zoom, pan and scroll. It reports what is pointed at and decides nothing. */
import { element } from './dom.js'
import { nodeAt } from './layout.js'
import { paint, ROW, rowTop } from './paint.js'

const ROWS_AT_MOST = 26

export class CanvasView {
  #scene = null
  #waiting = false
  #context
  #on

  /** `on`: hover(node), pick(node), key(event), viewed() after every change of what is shown. */
  constructor(label, help, on) {
    this.#on = on
    this.canvas = element('canvas', {
      tabIndex: 0,
      role: 'application',
      'aria-roledescription': 'flame graph',
      'aria-label': label,
      'aria-describedby': help,
    })
    this.rail = element('div', { className: 'rail' }, this.canvas)
    this.frame = element('div', { className: 'canvas' }, this.rail)
    this.view = { from: 0, to: 1, top: 0, width: 0, height: 0, flipped: false }
    this.#context = this.canvas.getContext('2d', { alpha: false })
    this.frame.addEventListener('scroll', () => {
      this.view.top = this.frame.scrollTop
      this.refresh()
    })
    this.canvas.addEventListener('keydown', event => on.key(event))
    listenToPointer(this, on)
    new ResizeObserver(() => this.measure()).observe(this.frame)
  }

  /** A scene with another layout is shown as a whole. */
  setScene(scene, flipped) {
    const fresh = this.#scene?.layout !== scene.layout
    this.#scene = scene
    this.view.flipped = flipped
    if (!fresh) return this.refresh()
    this.show(0, scene.layout.extent)
    this.measure()
    this.frame.scrollTop = flipped ? this.frame.scrollHeight : 0
  }

  /** Shows a part of the axis, kept inside the tree. */
  show(from, to) {
    const { extent } = this.#scene.layout
    const width = Math.min(extent, Math.max(to - from, extent * 1e-9))
    this.view.from = Math.min(Math.max(0, from), extent - width)
    this.view.to = this.view.from + width
    this.#on.viewed()
    this.refresh()
  }

  /** What is shown, as fractions of the axis; null if it is everything. */
  range() {
    const { extent } = this.#scene.layout
    const whole = this.view.to - this.view.from >= extent * 0.999999
    return whole ? null : [this.view.from / extent, this.view.to / extent]
  }

  showRange([from, to]) {
    this.show(from * this.#scene.layout.extent, to * this.#scene.layout.extent)
  }

  showAll() {
    this.show(0, this.#scene.layout.extent)
  }

  showNode(node) {
    const { layout, tree } = this.#scene
    this.show(layout.x[node], layout.x[node] + layout.width[node])
    this.reveal(tree.depth[node])
  }

  /** Below 1 zooms in; `at` stays where it is. */
  zoomBy(factor, at = (this.view.from + this.view.to) / 2) {
    this.show(at - (at - this.view.from) * factor, at + (this.view.to - at) * factor)
  }

  panBy(pixels) {
    const distance = (pixels / this.view.width) * (this.view.to - this.view.from)
    this.show(this.view.from + distance, this.view.to + distance)
  }

  reveal(row) {
    const { view, frame } = this
    const y = rowTop({ ...view, top: 0 }, this.#scene.layout, row)
    if (y < view.top) frame.scrollTop = y - ROW
    else if (y + ROW > view.top + view.height) frame.scrollTop = y + 2 * ROW - view.height
  }

  /** Place on the axis and row under a pointer. */
  placeOf(event) {
    const { view } = this
    const box = this.canvas.getBoundingClientRect()
    const at = view.from + ((event.clientX - box.left) / view.width) * (view.to - view.from)
    const line = Math.floor((event.clientY - box.top + view.top) / ROW)
    return { at, row: view.flipped ? this.#scene.layout.rows - 1 - line : line }
  }

  nodeUnder(event) {
    const { at, row } = this.placeOf(event)
    return nodeAt(this.#scene.layout, row, at)
  }

  measure() {
    if (!this.#scene) return
    const { view } = this
    view.width = this.frame.clientWidth
    view.height = Math.max(ROW, Math.min(ROWS_AT_MOST, this.#scene.layout.rows) * ROW)
    this.frame.style.height = `${view.height}px`
    this.rail.style.height = `${Math.max(1, this.#scene.layout.rows) * ROW}px`
    this.canvas.style.height = `${view.height}px`
    this.refresh()
  }

  refresh() {
    if (this.#waiting) return
    this.#waiting = true
    requestAnimationFrame(() => {
      this.#waiting = false
      this.draw()
    })
  }

  draw() {
    const { view, canvas } = this
    if (!this.#scene || view.width === 0) return
    const [width, height] = [view.width, view.height].map(length => Math.round(length * devicePixelRatio))
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
    paint(this.#context, this.#scene, view)
  }
}

function listenToPointer(view, on) {
  const { canvas } = view
  let drag = null
  canvas.addEventListener('pointerdown', event => {
    if (event.button === 0) drag = { x: event.clientX, moved: false }
  })
  canvas.addEventListener('pointermove', event => {
    // A hand is never quite still, so a click may move a little.
    if (!drag || !(event.buttons & 1) || (!drag.moved && Math.abs(event.clientX - drag.x) <= 4)) {
      return on.hover(view.nodeUnder(event))
    }
    view.panBy(drag.x - event.clientX)
    drag = { x: event.clientX, moved: true }
    if (!canvas.hasPointerCapture(event.pointerId)) canvas.setPointerCapture(event.pointerId)
  })
  canvas.addEventListener('pointerleave', () => on.hover(-1))
  canvas.addEventListener('click', event => {
    if (!drag?.moved) on.pick(view.nodeUnder(event))
    drag = null
  })
  canvas.addEventListener('wheel', event => turn(view, event), { passive: false })
}

/** Sideways pans, with the control key it zooms; a plain wheel scrolls as everywhere. */
function turn(view, event) {
  const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX
  if (event.ctrlKey || event.metaKey) view.zoomBy(Math.exp(event.deltaY / 200), view.placeOf(event).at)
  else if (event.shiftKey || Math.abs(sideways) > Math.abs(event.deltaY)) view.panBy(sideways)
  else return
  event.preventDefault()
}
