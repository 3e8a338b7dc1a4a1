/** The runs of `validate:waits`: each of many items so many times, in turn, kept as lines of one file. */
import { type Context, turned } from '../experiment.ts'
import { appendResult, type Results } from '../results.ts'

export interface Settings {
  runs: number
}

/** A run. Plain data. */
export interface Line {
  part: string
  name: string
  run: number
}

export type WaitsResults = Results<Settings, Line>

interface Plan<Item, Found> {
  part: string
  items: Item[]
  /** How many times each item is measured. */
  runs: number
  /** @param output path for the run's files */
  measure(item: Item, output: string): Promise<Found>
  /** A line of progress. */
  said(item: Item, found: Found): string
}

/** @returns the lines of this part, earlier ones included; those that an interruption has left */
export async function runAll<Item extends { name: string }, Found extends object>(
  { part, items, runs, measure, said }: Plan<Item, Found>,
  { folder, lines }: WaitsResults,
  signal: Context['signal'],
): Promise<(Line & Found)[]> {
  const isOf = (item: Item, run: number) => (line: Line) =>
    line.part === part && line.name === item.name && line.run === run
  for (let run = 1; run <= runs; run++) {
    for (const item of turned(items, run)) {
      if (signal.aborted || lines.some(isOf(item, run))) continue
      const output = `${folder}/${part}-${item.name.replaceAll(/\W+/g, '-')}-run-${run}`
      const found = await measure(item, output)
      if (signal.aborted) continue
      const line = { part, name: item.name, run, ...found }
      appendResult(folder, line)
      lines.push(line)
      console.error(said(item, found))
    }
  }
  return lines.filter(line => line.part === part) as (Line & Found)[]
}
