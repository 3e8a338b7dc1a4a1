/** A script for k6 (https://grafana.com/docs/k6), as far as its requests are literal. It is read and never run. */
import { Notes, type Recording } from '../recorded.ts'
import type { Source } from '../source.ts'
import { optionsOf } from './options.ts'
import { K6Script, WANTED } from './script.ts'
import { Walk } from './walk.ts'

/** @throws UsageError when it is not JavaScript or TypeScript */
export function readK6(source: Source): Recording {
  const notes = new Notes()
  const script = new K6Script(source)
  const walk = new Walk(script, notes)
  const { pace, runs } = optionsOf(script, walk, notes)
  const prepare = script.functions.get('setup')
  const { requests: setup, returned } = prepare ? walk.follow(prepare) : { requests: [], returned: undefined }
  const requests = runs.flatMap(name => {
    const it = script.functions.get(name)
    return it ? walk.follow(it, returned).requests : []
  })
  walk.close()
  return { file: source.name, tool: 'k6', setup, requests, pace, notes, advice: WANTED.advice }
}
