/**
 * Tones of the flame: 0 is unchanged, 1–8 more, 9–16 less, 17–20 categories, 21 found by the search. More and less go by
 * the interval's end nearest to zero as a share of the frame's own cost, so that what is uncertain stays pale.
 */
import { sureChange } from './tree.js'

const LEVELS = 8
/** A sure change of half the frame's own cost has the full colour. */
const FULL = 0.5
const CATEGORY_ORDER = ['application', 'dependency', 'node', 'v8']
export const FOUND = 21

const THEMES = {
  light: {
    neutral: [230, 227, 220],
    more: [217, 93, 20],
    less: [40, 116, 203],
    categories: [
      [232, 196, 96],
      [207, 174, 220],
      [158, 206, 181],
      [186, 199, 212],
    ],
    found: [86, 67, 196],
    paper: [255, 255, 255],
    ink: [27, 29, 34],
  },
  dark: {
    neutral: [58, 63, 72],
    more: [224, 112, 42],
    less: [62, 138, 222],
    categories: [
      [150, 115, 32],
      [122, 84, 140],
      [52, 112, 84],
      [78, 94, 110],
    ],
    found: [173, 160, 250],
    paper: [26, 29, 34],
    ink: [236, 234, 229],
  },
}

const mix = (from, to, t) => from.map((part, i) => Math.round(part + (to[i] - part) * t))
/** A colour as one pixel of an `ImageData`: red comes first in memory. */
const pixel = ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0
const css = rgb => `rgb(${rgb.join(' ')})`

/** Fill (a pixel) and text (a CSS colour) of every tone, plain and faded (for what a search did not find). */
export function makePalette(themeName) {
  const theme = THEMES[themeName]
  const levels = end =>
    Array.from({ length: LEVELS }, (_, i) => mix(theme.neutral, end, (i + 2) / (LEVELS + 1)))
  const tones = [
    theme.neutral,
    ...levels(theme.more),
    ...levels(theme.less),
    ...theme.categories,
    theme.found,
  ]
  const faded = tones.map(tone => mix(tone, theme.paper, 0.6))
  // Black and white contrast equally at this luminance; the better one has at least 4.5:1 on any colour.
  const text = tone => (luminance(tone) > 0.179 ? '#000' : '#fff')
  return {
    fill: tones.map(pixel),
    text: tones.map(text),
    fadedFill: faded.map(pixel),
    fadedText: faded.map(text),
    ink: pixel(theme.ink),
    outline: css(theme.ink),
    paper: pixel(theme.paper),
  }
}

function luminance(rgb) {
  const [r, g, b] = rgb.map(part => {
    const c = part / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** One tone for each node. */
export function tonesOf(tree, side) {
  const tones = new Uint8Array(tree.length)
  if (side === 'before' || side === 'after') {
    const byFrame = tree.frames.map(frame => 17 + Math.max(0, CATEGORY_ORDER.indexOf(frame.category)))
    for (let i = 0; i < tree.length; i++) tones[i] = byFrame[tree.frame[i]]
    return tones
  }
  for (let i = 0; i < tree.length; i++) tones[i] = changeTone(tree, i)
  return tones
}

function changeTone(tree, i) {
  const sure = sureChange(tree, i)
  if (sure === 0) return 0
  const share = Math.abs(sure) / Math.max(tree.totalBefore[i], tree.totalAfter[i])
  const level = Math.min(LEVELS - 1, Math.floor((share / FULL) * LEVELS))
  return (sure > 0 ? 1 : 1 + LEVELS) + level
}

/** The theme in force: the one chosen on the page, or the system's. */
export function themeInForce() {
  const chosen = document.documentElement.dataset.theme
  return chosen ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
}
