/** Brings the page to life; without it, everything but the flames can be read. */
import { addBrush } from './brush.js'
import { choice, element } from './dom.js'
import { offerDownloads } from './downloads.js'
import { FlameView } from './flame.js'
import { inflate, unpackFlame } from './inflate.js'
import { SETTING_KEYS, saveSoon, setState, state } from './state.js'
import { enliven } from './tables.js'

const pairs = [...document.querySelectorAll('.pair')]
const flames = new Map()

/** A place in one flame means nothing in another. */
const FRESH = { range: undefined, frame: undefined, sandwich: undefined, time: undefined }

for (const it of document.querySelectorAll('.scripted')) it.hidden = false
for (const it of document.querySelectorAll('.unscripted')) it.hidden = true

/** A flame is inflated when its pair and its collector are looked at, not before. */
async function openFlame(host) {
  if (!host || flames.has(host)) return
  flames.set(host, null)
  const data = document.getElementById(`flame-data-${host.dataset.flame}`)
  const saved = Object.fromEntries(SETTING_KEYS.map(key => [key, state[key]]))
  const source = unpackFlame(await inflate(data.textContent))
  flames.set(host, new FlameView(host, source, saved, saveSoon))
}

/** A range dragged over the timeline belongs to the flame of the collector that was running then. */
function joinTimeline(pair) {
  const section = pair.querySelector('[data-part="timeline"]')
  const host = pair.querySelector(`.flame[data-flame="${section.dataset.flame}"]`)
  const time = flames.get(host)?.time()
  if (!time || section.dataset.joined !== undefined) return
  section.dataset.joined = ''
  let waiting = 0
  const show = addBrush(section, `time-${pair.dataset.index}`, time.step, range => {
    cancelAnimationFrame(waiting)
    waiting = requestAnimationFrame(async () => {
      await chooseCollector(pair, host.dataset.title)
      flames.get(host).showTime(range)
    })
  })
  show?.(time.shown)
}

async function chooseCollector(pair, wanted) {
  const hosts = [...pair.querySelectorAll('.flame')]
  const shown = hosts.find(host => host.dataset.title === wanted) ?? hosts[0]
  for (const host of hosts) host.hidden = host !== shown
  for (const tab of pair.querySelectorAll('.tabs input')) tab.checked = tab.value === shown?.dataset.title
  await openFlame(shown)
  if (pair.querySelector('[data-part="timeline"]')) joinTimeline(pair)
}

function addTabs(pair) {
  const hosts = [...pair.querySelectorAll('.flame')]
  if (hosts.length < 2) return
  const tabs = element('div', { className: 'tabs group', role: 'group', 'aria-label': 'Collector' })
  for (const { dataset } of hosts) {
    const [name, value] = [`collector-${pair.dataset.index}`, dataset.title]
    const onchange = () => {
      setState({ ...FRESH, collector: value })
      chooseCollector(pair, value)
    }
    tabs.append(choice(element('input', { type: 'radio', name, value, onchange }), value))
  }
  hosts[0].parentElement.before(tabs)
}

/** An owner's name in the table finds its frames in the flame. */
function linkOwners(pair) {
  for (const cell of pair.querySelectorAll('.owners [data-owner]')) {
    const { title } = cell.closest('.owners').dataset
    const host = [...pair.querySelectorAll('.flame')].find(it => it.dataset.title === title)
    if (!host) continue
    const onclick = async () => {
      setState({ ...FRESH, collector: title })
      await chooseCollector(pair, title)
      flames.get(host)?.find(`owner:${cell.dataset.owner}`)
      host.closest('[data-part]').scrollIntoView()
    }
    cell.replaceChildren(
      element('button', { type: 'button', title: 'Find it in the flame', onclick }, cell.textContent),
    )
  }
}

const select = document.getElementById('pair-select')

function choosePair(index) {
  const shown = pairs[index] ?? pairs[0]
  for (const pair of pairs) pair.hidden = pair !== shown
  for (const row of document.querySelectorAll('[data-pair-row]')) {
    row.toggleAttribute('data-current', row.dataset.pairRow === shown?.dataset.index)
  }
  if (select && shown) select.value = shown.dataset.index
  return shown ? chooseCollector(shown, state.collector) : undefined
}

for (const pair of pairs) {
  addTabs(pair)
  linkOwners(pair)
}
for (const block of document.querySelectorAll('.functions')) enliven(block)

/** The first pair needs no mention in the address. */
function openPair(index) {
  setState({ ...FRESH, pair: index === '0' ? undefined : index })
  choosePair(Number(index))
}

select?.addEventListener('change', () => openPair(select.value))

document.addEventListener('click', event => {
  const link = event.target.closest('a[href^="#"]')
  if (!link) return
  event.preventDefault()
  if (link.dataset.pair !== undefined) openPair(link.dataset.pair)
  // The hash holds the state, so links inside the page scroll by script.
  const { section } = link.dataset
  const target = section
    ? document.querySelector(`.pair:not([hidden]) [data-part="${section}"], main > [data-part="${section}"]`)
    : document.getElementById(link.hash.slice(1))
  target?.scrollIntoView()
  const heading = target?.querySelector('h2, h3')
  heading?.setAttribute('tabindex', '-1')
  heading?.focus({ preventScroll: true })
})

// A page of a server has no command that makes it again.
document.getElementById('copy')?.addEventListener('click', async event => {
  const { target } = event
  await navigator.clipboard.writeText(document.getElementById('repeat').textContent)
  target.textContent = 'Copied'
})

// The address was edited by hand, or the reader went back to it.
addEventListener('hashchange', () => location.reload())

/** The themes in the order in which a button goes through them. */
const NEXT = { system: 'light', light: 'dark', dark: 'system' }

function followTheme(button, changed) {
  const apply = () => {
    const chosen = state.theme in NEXT ? state.theme : 'system'
    if (chosen === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = chosen
    button.textContent = `Theme: ${chosen}`
    changed()
  }
  button.addEventListener('click', () => {
    const next = NEXT[state.theme in NEXT ? state.theme : 'system']
    setState({ theme: next === 'system' ? undefined : next })
    apply()
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed)
  // Paper is light, so what is drawn must be too.
  addEventListener('beforeprint', () => {
    document.documentElement.dataset.theme = 'light'
    changed()
  })
  addEventListener('afterprint', apply)
  apply()
}

// A diff of two profiles has no record.
const downloads = document.querySelector('.downloads')
if (downloads) offerDownloads(downloads)
followTheme(document.getElementById('theme'), () => {
  for (const flame of flames.values()) flame?.repaintTheme()
})
await choosePair(Number(state.pair ?? 0))
document.documentElement.dataset.ready = ''
