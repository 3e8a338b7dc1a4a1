/** Symbols of native stacks, JavaScript's among them, as locations of a profile. */
import { locator, readSymbol } from '../formats/index.ts'
import type { ProfileBuilder } from '../profile/index.ts'

/** Stands for frames that have no symbol. */
const UNKNOWN = '[unknown]'

export const symbolLocator = (builder: ProfileBuilder) => locator(builder, readSymbol)

/** Share of all frames that have no symbol: without perf maps, those of JavaScript have none. */
export function unknownShare(rows: { stacks: string[][]; value: number }[]): number {
  let [all, unknown] = [0, 0]
  for (const { stacks, value } of rows) {
    for (const symbol of stacks.flat()) {
      all += value
      if (symbol === UNKNOWN) unknown += value
    }
  }
  return all > 0 ? unknown / all : 0
}
