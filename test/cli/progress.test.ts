import { expect, test } from 'vitest'
import { display } from '../../harness/cli/progress.ts'
import type { Progress } from '../../harness/model/world.ts'

const EVENTS: Progress[] = [
  { type: 'round', scenario: 'demo', round: 2, of: 24, left: 40_000 },
  { type: 'stage', round: 2, stage: 'warm-up', detail: 'fast' },
  { type: 'finding', finding: { code: 'disturbed', severity: 'warning', message: 'Busy.', advice: 'Wait.' } },
  { type: 'saved', path: '/app/record.json' },
]

function shown(terminal: { isTTY: boolean; columns?: number }) {
  const written: string[] = []
  let clock = 0
  const live = display({ write: text => written.push(text), ...terminal }, () => clock)
  for (const event of EVENTS) {
    live.show(event)
    clock += 5_000
  }
  live.end()
  return written
}

test('one line per event where there is no terminal', () => {
  expect(shown({ isTTY: false })).toEqual([
    'demo · round 2 of 24 · 40 s left\n',
    'demo · round 2 of 24 · warm-up fast · 35 s left\n',
    'warning: Busy. → Wait.\n',
    'saved /app/record.json\n',
  ])
})

const ERASE = '\r\u001b[2K'

test('one line that is redrawn on a terminal, with findings left above it', () => {
  const live = 'demo · round 2 of 24 · warm-up fast · 35 s left'
  expect(shown({ isTTY: true, columns: 80 })).toEqual([
    `${ERASE}demo · round 2 of 24 · 40 s left`,
    ERASE + live,
    `${ERASE}warning: Busy. → Wait.\n${live}`,
    `${ERASE}saved /app/record.json\n${live}`,
    ERASE,
  ])
})

test('the live line never fills a narrow terminal', () => {
  const [, second] = shown({ isTTY: true, columns: 20 })
  expect(second).toBe(`${ERASE}demo · round 2 of …`)
})
