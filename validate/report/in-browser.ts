/** Measurements inside the browser: each step to the last pixel, the best of several tries. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import type { Flame } from '../../harness/model/flame.ts'
import { flamePayload } from '../../reports/html/payload.ts'
import { script, styles } from '../../reports/html/template.ts'

/** Milliseconds of the main thread. */
export interface Times {
  paint: number
  zoom: number
  search: number
  /** 95th percentile over frames of a zoom and a pan. */
  frame: number
}

const WIDTH = 1_400

/** The flame of the report. */
export async function timeOurs(browser: Browser, flame: Flame): Promise<Times> {
  const page = await blankPage(
    browser,
    `<style>${styles()}</style><main><div id="host" data-flame="0" data-title="CPU" data-nodes="n"></div></main>`,
  )
  await page.evaluate(payload => Object.assign(globalThis, { payload }), flamePayload(flame, []))
  await page.addScriptTag({
    type: 'module',
    content: `${script('flame.js')}\n{${OURS}}`,
  })
  return finished(page)
}

/** The same tree in d3-flame-graph, with its default settings and no animation. */
export async function timeTheirs(browser: Browser, flame: Flame): Promise<Times> {
  const page = await blankPage(browser, '<div id="host"></div>')
  const { resolve } = createRequire(import.meta.url)
  // Neither package exports its bundle for pages, so they are found next to what the packages do export.
  await page.addScriptTag({ path: join(dirname(resolve('d3')), '..', 'dist', 'd3.min.js') })
  await page.addScriptTag({ path: join(dirname(resolve('d3-flame-graph')), 'd3-flamegraph.umd.min.js') })
  await page.evaluate(payload => Object.assign(globalThis, { payload }), JSON.stringify(nested(flame)))
  await page.addScriptTag({ type: 'module', content: THEIRS })
  return finished(page)
}

async function blankPage(browser: Browser, content: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: WIDTH, height: 900 } })
  page.setDefaultTimeout(120_000)
  await page.setContent(content)
  return page
}

async function finished(page: Page): Promise<Times> {
  const broken = new Promise<never>((_, reject) => page.on('pageerror', reject))
  await Promise.race([page.waitForFunction('globalThis.times !== undefined'), broken])
  const times = (await page.evaluate('globalThis.times')) as Times
  await page.close()
  return times
}

interface Nested {
  name: string
  value: number
  children: Nested[]
}

function nested(flame: Flame): Nested {
  const nodes = flame.parent.map((_, i) => ({
    name: flame.frames[flame.frame[i]!]!.function,
    value: Math.max(flame.before[i]!, flame.after[i]!),
    children: [] as Nested[],
  }))
  for (let i = nodes.length - 1; i > 0; i--) {
    const up = nodes[flame.parent[i]!]!
    up.value += nodes[i]!.value
    up.children.push(nodes[i]!)
  }
  return nodes[0]!
}

// Both do the same: from the embedded text to pixels, a zoom to the eighth frame down the widest path, a search for a part
// of a name. `settle` makes the browser do now what it would do before the next frame.
const SHARED = `
const best = async (times, task) => {
  let fastest = Infinity
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    await task(i)
    fastest = Math.min(fastest, performance.now() - start)
  }
  return fastest
}
const PAINTS = 2
const PAIRS = 2
// There and back, because one way draws much and the other little.
const both = async task => (await best(PAIRS, async () => { await task(0); await task(1) })) / 2
const percentile95 = figures => figures.sort((a, b) => a - b)[Math.floor(figures.length * 0.95)]
`

// Runs in a block, because the page's modules declare names too.
const OURS = `${SHARED}
const host = document.getElementById('host')
const settle = flame => { flame.main.draw(); flame.main.canvas.getContext('2d').getImageData(0, 0, 1, 1); host.offsetHeight }
let flame
const paint = await best(PAINTS, async () => {
  flame = new FlameView(host, unpackFlame(await inflate(payload)), {}, () => {})
  flame.main.measure()
  settle(flame)
})
const press = key => flame.main.canvas.dispatchEvent(new KeyboardEvent('keydown', { key }))
press('Home')
for (let i = 0; i < 8; i++) press('ArrowDown')
const zoom = await both(i => { press(i ? 'Escape' : 'Enter'); settle(flame) })
const input = host.querySelector('input[type="search"]')
const search = await both(i => { input.value = i ? 'function12' : 'function7'; input.dispatchEvent(new Event('input')); settle(flame) })
flame.main.show(0, Infinity)
const frames = []
for (let i = 0; i < 120; i++) {
  await new Promise(requestAnimationFrame)
  const start = performance.now()
  if (i < 60) flame.main.zoomBy(0.93)
  else flame.main.panBy(i % 2 ? 40 : -25)
  settle(flame)
  frames.push(performance.now() - start)
}
globalThis.times = { paint, zoom, search, frame: percentile95(frames) }
`

const THEIRS = `${SHARED}
const host = document.getElementById('host')
const settle = () => host.getBoundingClientRect() && document.body.offsetHeight
let chart
const paint = await best(PAINTS, () => {
  host.replaceChildren()
  chart = flamegraph.default().width(${WIDTH - 40}).transitionDuration(0)
  d3.select(host).datum(JSON.parse(payload)).call(chart)
  settle()
})
let target = d3.select(host).select('g').datum()
const root = target
for (let i = 0; i < 8 && target.children?.length; i++) target = target.children.reduce((a, b) => (a.value > b.value ? a : b))
const zoom = await both(i => { chart.zoomTo(i ? root : target); settle() })
const search = await both(i => { chart.search(i ? 'function12' : 'function7'); settle() })
globalThis.times = { paint, zoom, search, frame: Number.NaN }
`
