import { describe, expect, it } from 'vitest'
import { makePalette, tonesOf } from '../../../reports/html/page/colour.js'
import { growTree } from '../../../reports/html/page/tree.js'
import { source } from './trees.ts'

function contrast(a: number, b: string): number {
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (lighter + 0.05) / (darker + 0.05)
}

/** Relative luminance of a pixel, which has red in its lowest byte, or of black or white. */
function luminance(colour: string | number): number {
  const white = colour === '#fff' ? 0xffffff : 0
  const pixel = typeof colour === 'number' ? colour : white
  const parts = [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255]
  const [r = 0, g = 0, b = 0] = parts.map(part => {
    const c = part / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

describe.each(['light', 'dark'])('%s palette', theme => {
  it('is readable in every tone, with a contrast of at least 4.5:1', () => {
    const palette = makePalette(theme)
    const worst = Math.min(...palette.fill.map((fill: number, i: number) => contrast(fill, palette.text[i]!)))
    expect(worst).toBeGreaterThanOrEqual(4.5)
    const faded = palette.fadedFill.map((fill: number, i: number) => contrast(fill, palette.fadedText[i]!))
    expect(Math.min(...faded)).toBeGreaterThanOrEqual(4.5)
  })
})

describe('tonesOf', () => {
  it('is stronger the surer the change is, and pale if the interval contains zero', () => {
    const from = source([
      [-1, 0, 10, 10],
      [0, 1, 10, 12],
      [0, 2, 10, 20],
      [0, 3, 10, 2],
      [0, 4, 10, 15],
    ])
    from.low = [-1, 1, 8, -9, -1]
    from.high = [1, 3, 12, -7, 11]
    const tree = growTree(from)
    const [root, slightly, much, less, unsure] = tonesOf(tree, 'diff') as unknown as number[]
    expect([root, unsure]).toEqual([0, 0])
    expect(much).toBeGreaterThan(slightly!)
    expect(much).toBeLessThanOrEqual(8)
    expect(less).toBeGreaterThan(8)
  })

  it('tells categories apart on a single side', () => {
    const tree = growTree(
      source([
        [-1, 0, 1, 1],
        [0, 1, 1, 1],
      ]),
    )
    expect([...tonesOf(tree, 'before')]).toEqual([17, 18])
  })
})
