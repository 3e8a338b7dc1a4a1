import { expect, test } from 'vitest'
import { Tally } from '../../harness/measure/driver/tally.ts'

test('connections that were not kept are added up over the slices, and left out where there were none', () => {
  const tally = new Tally(['a'])
  tally.renewed(0, 0)
  expect(tally.result()).not.toHaveProperty('renewed')
  tally.renewed(3, 1)
  tally.renewed(4, 0)
  expect(tally.result()).toMatchObject({ renewed: { connections: 7, requests: 1 } })
})

test('what limited the arrivals is told where some were dropped', () => {
  const tally = new Tally(['a'])
  const asked = { rate: 10 }
  tally.sent(1)
  expect(tally.result(asked).pace).not.toHaveProperty('inFlight')
  tally.dropped(1, 5_000)
  tally.dropped(1, 870)
  expect(tally.result(asked).pace).toMatchObject({ arrivals: 3, dropped: 2, inFlight: 870 })
})
