/** One flame: a tree with its controls, canvases, details and accessible twin. */
import { CanvasView } from './canvas.js'
import { makePalette, themeInForce, tonesOf } from './colour.js'
import {
  calleesOf,
  callersOf,
  collapse,
  invert,
  lengthOf,
  partOf,
  significantOnly,
  stepsIn,
  withoutCategories,
} from './derive.js'
import { describeNode, showDetails } from './details.js'
import { element } from './dom.js'
import { saveSpeedscope } from './downloads.js'
import { layOut, steer } from './layout.js'
import { HELP, legend, noteOn, totalText } from './legend.js'
import { readSettings, writeSettings } from './state.js'
import { makeTools } from './tools.js'
import { growTree, searchTree, wholeOf } from './tree.js'
import { Twin } from './twin.js'

const FONT = 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace'

export class FlameView {
  /** What each of the two canvases shows: tree, layout, tones, flipped, found; `below` only in a sandwich. */
  #scenes = { main: null, below: null }
  #focus = { pane: 'main', node: -1 }
  #palette = makePalette(themeInForce())
  #source
  #whole
  #sums
  #save
  #settings
  #nodes

  /** `source`: what `unpackFlame` gives; `saved`: texts from the URL; `save(texts)` is called after every change. */
  constructor(host, source, saved, save) {
    this.#settings = readSettings(saved)
    this.#source = source
    this.#save = save
    this.#nodes = host.dataset.nodes
    this.#mount(host)
    const { range, frame, time } = this.#settings
    this.showTime(time)
    this.#restore(range, frame)
  }

  #mount(host) {
    const title = host.dataset.title
    const help = element('p', { id: `help-${host.dataset.flame}`, className: 'hint', textContent: HELP })
    this.live = element('p', { className: 'hidden', 'aria-live': 'polite' })
    this.details = element('div', { className: 'details' })
    this.note = element('p', { className: 'note' })
    this.main = new CanvasView(`${title}, flame of changes`, help.id, this.#handlers('main'))
    this.below = new CanvasView(`${title}, callees`, help.id, this.#handlers('below'))
    this.tools = makeTools(`flame-${host.dataset.flame}`, this.#settings, {
      change: () => this.rebuild(),
      zoom: factor => this.main.zoomBy(factor),
      reset: () => this.reset(),
      search: text => this.search(text),
      save: () => saveSpeedscope(this.#whole, title),
    })
    this.twin = new Twin(`${title}: the same flame as a tree`, node => this.#goTo('main', node))
    const drawings = [this.tools.box, this.note, this.main.frame, this.below.frame]
    host.replaceChildren(...drawings, this.details, legend(), help, this.live, this.twin.box)
  }

  #handlers(pane) {
    return {
      hover: node => this.#showDetails(pane, node >= 0 ? node : Math.max(0, this.#focusIn(pane))),
      pick: node => node >= 0 && this.#goTo(pane, node),
      key: event => {
        const { tree, layout, flipped } = this.#scenes[pane]
        const move = steer(event, tree, layout, this.#focusIn(pane), flipped)
        if (!move) return
        event.preventDefault()
        this.#act(pane, move)
      },
      viewed: () => this.#remember(),
    }
  }

  #act(pane, move) {
    const canvas = this[pane]
    const { tree } = this.#scenes[pane]
    if (move.focus !== undefined) {
      this.#setFocus(pane, move.focus)
      canvas.reveal(tree.depth[move.focus])
    }
    if (move.zoom !== undefined) canvas.zoomBy(move.zoom)
    if (move.pan !== undefined) canvas.panBy(move.pan * canvas.view.width)
    if (move.show !== undefined) canvas.showNode(move.show)
    if (move.reset) this.reset()
    if (move.search) this.tools.search.focus()
    if (move.sandwich !== undefined) this.openSandwich(tree.frame[move.sandwich])
  }

  #focusIn(pane) {
    return this.#focus.pane === pane ? this.#focus.node : -1
  }

  #goTo(pane, node) {
    this.#setFocus(pane, node)
    this[pane].showNode(node)
  }

  #setFocus(pane, node) {
    const { tree } = this.#scenes[pane]
    this.#focus = { pane, node }
    // The frame that an inverted tree adds above all others is not a function.
    if (tree.frame[node] < this.#whole.frames.length) this.#settings.sandwich = tree.frame[node]
    this.#showDetails(pane, node)
    this.live.textContent = describeNode(tree, this.#sums, node)
    this.#repaint()
    this.#remember()
  }

  #showDetails(pane, node) {
    const { tree } = this.#scenes[pane]
    showDetails(this.details, tree, this.#sums, tree.length > 0 ? node : -1)
  }

  /** Shows what was sampled in a range of milliseconds; null for the whole profile. */
  showTime(range) {
    const { moments } = this.#source
    const steps = range && moments ? stepsIn(moments, range) : null
    this.#settings.time = steps?.map(step => step * moments.step) ?? null
    this.#whole = growTree(steps ? partOf(this.#source, steps) : this.#source)
    const { per, requests } = this.#source
    this.#sums = { ...wholeOf(this.#whole), per, requests: steps ? null : requests }
    this.rebuild()
  }

  /** Length of the profile in milliseconds, and the part shown; null if samples do not say when they were taken. */
  time() {
    const { moments } = this.#source
    return moments && { length: lengthOf(moments), step: moments.step, shown: this.#settings.time }
  }

  openSandwich(frame) {
    if (frame >= this.#whole.frames.length) return
    Object.assign(this.#settings, { sandwich: frame, shape: 'sandwich' })
    this.tools.box.querySelector('input[value="sandwich"]').checked = true
    this.rebuild()
  }

  reset() {
    this.main.showAll()
    if (this.#scenes.below) this.below.showAll()
  }

  /** As if the reader had typed it. */
  find(text) {
    this.tools.search.value = text
    this.search(text)
  }

  search(text) {
    this.#settings.query = text
    for (const scene of Object.values(this.#scenes)) if (scene) scene.hits = searchTree(scene.tree, text)
    this.tools.total.textContent = totalText(this.#scenes.main.hits, this.#whole.unit, this.#sums)
    this.#repaint()
    this.#remember()
  }

  repaintTheme() {
    this.#palette = makePalette(themeInForce())
    this.#repaint()
  }

  /** The tree as the settings ask for it. */
  rebuild() {
    const settings = this.#settings
    let tree = settings.hidden.size > 0 ? withoutCategories(this.#whole, settings.hidden) : this.#whole
    if (settings.only) tree = significantOnly(tree)
    if (settings.joined) tree = collapse(tree)
    this.#focus = { pane: 'main', node: -1 }
    this.#setScenes(tree)
    this.below.frame.hidden = !this.#scenes.below
    this.note.textContent = noteOn(settings, this.#nodes, this.#whole.frames, this.#sums.per)
    this.twin.setTree(this.#scenes.main.tree, this.#scenes.main.layout, this.#sums)
    this.#showDetails('main', 0)
    this.search(settings.query)
  }

  #setScenes(tree) {
    const { shape } = this.#settings
    this.#scenes.below = null
    if (shape === 'sandwich') {
      if (!this.#whole.frames[this.#settings.sandwich]) this.#settings.sandwich = costliest(tree)
      this.#scenes.main = this.#scene(callersOf(tree, this.#settings.sandwich), true)
      this.#scenes.below = this.#scene(calleesOf(tree, this.#settings.sandwich), false)
    } else if (shape === 'calls') this.#scenes.main = this.#scene(tree, false)
    else this.#scenes.main = this.#scene(invert(tree, shape === 'owners'), false)
  }

  #scene(tree, flipped) {
    const { side } = this.#settings
    return { tree, layout: layOut(tree, side), tones: tonesOf(tree, side), flipped, hits: null }
  }

  #repaint() {
    for (const [pane, scene] of Object.entries(this.#scenes)) {
      if (!scene) continue
      const { hits, flipped, ...drawing } = scene
      const focus = this.#focusIn(pane)
      const found = hits?.found ?? null
      this[pane].setScene({ ...drawing, palette: this.#palette, found, focus, font: FONT }, flipped)
    }
  }

  #restore(range, frame) {
    if (range) this.main.showRange(range)
    if (frame >= 0 && frame < this.#scenes.main.tree.length) this.#setFocus('main', frame)
  }

  #remember() {
    const range = this.#scenes.main && this.main.view.width > 0 ? this.main.range() : null
    Object.assign(this.#settings, { range, frame: this.#focusIn('main') })
    this.#save(writeSettings(this.#settings))
  }
}

function costliest({ frame, before, after }) {
  const cost = i => Math.max(before[i], after[i])
  return frame[frame.reduce((best, _, i) => (cost(i) > cost(best) ? i : best), 0)]
}
