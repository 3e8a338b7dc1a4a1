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
    neutral: '#e6e3dc',
    more: '#d95d14',
    less: '#2874cb',
    categories: ['#e8c460', '#cfaedc', '#9eceb5', '#bac7d4'],
    found: '#5643c4',
    paper: '#ffffff',
    ink: '#1b1d22',
  },
  dark: {
    neutral: '#3a3f48',
    more: '#e0702a',
    less: '#3e8ade',
    categories: ['#967320', '#7a548c', '#347054', '#4e5e6e'],
    found: '#ada0fa',
    paper: '#1a1d22',
    ink: '#eceae5',
  },
}

const mix = (from, to, t) => from.map((part, i) => Math.round(part + (to[i] - part) * t))
/** A colour as one pixel of an `ImageData`: red comes first in memory. */
const pixel = ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0
const rgb = hex => [1, 3, 5].map(at => Number.parseInt(hex.slice(at, at + 2), 16))

/** Fill (a pixel) and text (a CSS colour) of every tone, plain and faded (for what a search did not find). */
export function makePalette(themeName) {
  const theme = THEMES[themeName]
  const [neutral, more, less, paper] = [theme.neutral, theme.more, theme.less, theme.paper].map(rgb)
  const levels = end => Array.from({ length: LEVELS }, (_, i) => mix(neutral, end, (i + 2) / (LEVELS + 1)))
  const others = [...theme.categories, theme.found].map(rgb)
  const tones = [neutral, ...levels(more), ...levels(less), ...others]
  const faded = tones.map(tone => mix(tone, paper, 0.6))
  // Black and white contrast equally at this luminance; the better one has at least 4.5:1 on any colour.
  const text = tone => (luminance(tone) > 0.179 ? '#000' : '#fff')
  return {
    fill: tones.map(pixel),
    text: tones.map(text),
    fadedFill: faded.map(pixel),
    fadedText: faded.map(text),
    ink: pixel(rgb(theme.ink)),
    outline: theme.ink,
    paper: pixel(paper),
  }
}

function luminance(colour) {
  const [r, g, b] = colour.map(part => {
    const c = part / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** One tone for each node. */
export function tonesOf(tree, side) {
  const tones = new Uint8Array(tree.length)
  const byFrame = tree.frames.map(({ category }) => 17 + Math.max(0, CATEGORY_ORDER.indexOf(category)))
  const toneOf = side === 'diff' ? i => changeTone(tree, i) : i => byFrame[tree.frame[i]]
  for (let i = 0; i < tree.length; i++) tones[i] = toneOf(i)
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
