/** One flame: a tree with its controls, canvas, details and accessible twin. */
import { makeCanvas } from './canvas.js'
import { makePalette, themeInForce, tonesOf } from './colour.js'
import { calleesOf, callersOf, collapse, invert, significantOnly, withoutCategories } from './derive.js'
import { describeNode, makeDetails } from './details.js'
import { element } from './dom.js'
import { formatShare, formatValue } from './format.js'
import { steer } from './keys.js'
import { layOut } from './layout.js'
import { searchTree } from './search.js'
import { makeTools } from './tools.js'
import { growTree, wholeOf } from './tree.js'
import { makeTwin } from './twin.js'

const HELP =
  'Arrow keys move between frames, Enter zooms, Escape shows everything, plus and minus zoom, ' +
  'slash searches, s shows callers and callees of the frame.'

/** `source`: what `unpackFlame` gives; `saved`: settings from the URL; `save(settings)` after every change. */
export function mountFlame(host, source, saved, save) {
  const id = `flame-view-${host.dataset.flame}`
  const settings = readSettings(saved)
  const whole = growTree(source)
  const sums = wholeOf(whole)
  let focus = -1
  let found = null
  let shown = null
  let palette = makePalette(themeInForce())

  const help = element('p', { id: `${id}-help`, className: 'hint', textContent: HELP })
  const live = element('p', { className: 'hidden', 'aria-live': 'polite' })
  const details = makeDetails()
  const main = makeCanvas(
    `${host.dataset.title}, flame of changes`,
    help.id,
    handlers(() => shown?.main),
  )
  const below = makeCanvas(
    `${host.dataset.title}, callees`,
    help.id,
    handlers(() => shown?.below),
  )
  const tools = makeTools(id, settings, { change: rebuild, zoom, reset, search })
  const twin = makeTwin(`${host.dataset.title}: the same flame as a tree`, node => {
    setFocus('main', node)
    main.showNode(node)
  })
  const note = element('p', { className: 'note' })
  host.replaceChildren(tools.box, note, main.frame, below.frame, details.box, legend(), help, live, twin.box)

  function handlers(current) {
    const name = () => (current() === shown?.below ? 'below' : 'main')
    return {
      hover: node =>
        details.show((current() ?? shown.main).tree, sums, node >= 0 ? node : Math.max(0, focusOf(name()))),
      pick: node => {
        if (node < 0) return
        setFocus(name(), node)
        canvasOf(name()).showNode(node)
      },
      key: event => {
        const pane = name()
        const move = steer(event, shown[pane].tree, shown[pane].layout, focusOf(pane), shown[pane].flipped)
        if (!move) return
        event.preventDefault()
        act(pane, move)
      },
    }
  }

  const canvasOf = pane => (pane === 'below' ? below : main)
  const focusOf = pane => (focus >= 0 && shown.focused === pane ? focus : -1)

  function act(pane, move) {
    if (move.focus !== undefined) {
      setFocus(pane, move.focus)
      canvasOf(pane).reveal(shown[pane].tree.depth[move.focus])
    }
    if (move.zoom !== undefined) canvasOf(pane).zoomBy(move.zoom)
    if (move.pan !== undefined) canvasOf(pane).panBy(move.pan * canvasOf(pane).view.width)
    if (move.show !== undefined) canvasOf(pane).showNode(move.show)
    if (move.reset) reset()
    if (move.search) tools.search.focus()
    if (move.sandwich !== undefined) openSandwich(shown[pane].tree.frame[move.sandwich])
  }

  function openSandwich(frame) {
    if (frame >= whole.frames.length) return
    settings.sandwich = frame
    settings.shape = 'sandwich'
    const choice = tools.box.querySelector('input[value="sandwich"]')
    choice.checked = true
    rebuild()
  }

  function setFocus(pane, node) {
    focus = node
    shown.focused = pane
    if (shown[pane].tree.frame[node] < whole.frames.length) settings.sandwich = shown[pane].tree.frame[node]
    details.show(shown[pane].tree, sums, node)
    live.textContent = describeNode(shown[pane].tree, sums, node)
    repaint()
  }

  function zoom(factor) {
    main.zoomBy(factor)
  }

  function reset() {
    main.show(0, shown.main.layout.extent)
    if (shown.below) below.show(0, shown.below.layout.extent)
  }

  function search(text) {
    settings.query = text
    found = {
      main: searchTree(shown.main.tree, text),
      below: shown.below && searchTree(shown.below.tree, text),
    }
    tools.total.textContent = totalText(found.main, whole.unit, sums)
    repaint()
    save(writeSettings(settings))
  }

  function pane(tree, flipped) {
    const layout = layOut(tree, settings.side)
    return { tree, layout, tones: tonesOf(tree, settings.side), flipped }
  }

  function rebuild() {
    let tree = settings.hidden.size > 0 ? withoutCategories(whole, settings.hidden) : whole
    if (settings.only) tree = significantOnly(tree)
    if (settings.joined) tree = collapse(tree)
    const wanted = settings.shape === 'sandwich' ? (settings.sandwich ?? costliest(tree)) : -1
    focus = -1
    if (settings.shape === 'sandwich') {
      shown = {
        main: pane(callersOf(tree, wanted), true),
        below: pane(calleesOf(tree, wanted), false),
        focused: '',
      }
    } else
      shown = {
        main: pane(settings.shape === 'inverted' ? invert(tree) : tree, false),
        below: null,
        focused: '',
      }
    below.frame.hidden = !shown.below
    note.textContent = noteOf(wanted)
    twin.setTree(shown.main.tree, shown.main.layout, sums)
    details.show(shown.main.tree, sums, shown.main.tree.length > 0 ? 0 : -1)
    search(settings.query)
    if (settings.query === '') save(writeSettings(settings))
  }

  function noteOf(wanted) {
    if (wanted >= 0) return `Who calls ${whole.frames[wanted].name} (above), and what it calls (below).`
    const nodes = `${host.dataset.nodes} nodes`
    if (settings.side !== 'diff')
      return `${nodes}. Width: cost per request ${settings.side} the change. Colour: category.`
    return `${nodes}. Width: what a frame costs per request on either side, whichever is more. Colour: what changed beyond doubt.`
  }

  function repaint() {
    for (const name of ['main', 'below']) {
      if (!shown[name]) continue
      const { flipped, ...drawing } = shown[name]
      const scene = {
        ...drawing,
        palette,
        found: found?.[name]?.found ?? null,
        focus: focusOf(name),
        font: FONT,
      }
      canvasOf(name).setScene(scene, flipped)
    }
  }

  rebuild()
  return {
    repaintTheme() {
      palette = makePalette(themeInForce())
      repaint()
    },
    select(name, place) {
      const frame = whole.frames.findIndex(it => it.name === name && place.startsWith(it.file))
      if (frame < 0) return
      openSandwich(frame)
    },
    main,
  }
}

const FONT = 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace'

function costliest(tree) {
  let best = 0
  for (let i = 1; i < tree.length; i++) {
    if (Math.max(tree.before[i], tree.after[i]) > Math.max(tree.before[best], tree.after[best])) best = i
  }
  return tree.frame[best]
}

function totalText(result, unit, sums) {
  if (!result) return ''
  if (result.nodes === 0) return 'nothing found'
  const cost = `${formatValue(result.before, unit)} → ${formatValue(result.after, unit)}`
  const functions = `${result.functions} function${result.functions === 1 ? '' : 's'}`
  return `${functions}: ${cost} (${formatShare(result.before, sums.before)} → ${formatShare(result.after, sums.after)})`
}

function legend() {
  const item = (kind, text) => element('span', {}, element('i', { className: `swatch ${kind}` }), text)
  return element(
    'p',
    { className: 'legend' },
    item('less', 'less, surely'),
    item('none', 'no sure change'),
    item('more', 'more, surely'),
    item('added', 'only after'),
    item('removed', 'only before'),
  )
}

const SETTINGS = ['side', 'shape', 'query']

function readSettings(saved) {
  return {
    side: ['before', 'after'].includes(saved.side) ? saved.side : 'diff',
    shape: ['inverted', 'sandwich'].includes(saved.shape) ? saved.shape : 'calls',
    query: saved.query ?? '',
    only: saved.only === 'true',
    joined: saved.joined === 'true',
    hidden: new Set((saved.hidden ?? '').split(',').filter(Boolean)),
    sandwich: saved.sandwich === undefined ? undefined : Number(saved.sandwich),
  }
}

function writeSettings(settings) {
  const chosen = Object.fromEntries(SETTINGS.map(key => [key, settings[key]]))
  return {
    ...chosen,
    side: settings.side === 'diff' ? '' : settings.side,
    shape: settings.shape === 'calls' ? '' : settings.shape,
    only: settings.only,
    joined: settings.joined,
    hidden: [...settings.hidden].join(','),
    sandwich: settings.shape === 'sandwich' ? settings.sandwich : undefined,
  }
}
