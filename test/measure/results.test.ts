import { expect, test } from 'vitest'
import { LoadResults } from '../../harness/measure/driver/load/results.ts'

test('adds up connections that were not kept, and leaves them out when there were none', () => {
  const results = new LoadResults(['a'])
  results.renewed(0, 0)
  expect(results.result().renewed).toBeUndefined()
  results.renewed(3, 1)
  results.renewed(4, 0)
  expect(results.result()).toMatchObject({ renewed: { connections: 7, requests: 1 } })
})

test('what limited the arrivals is reported when some were dropped', () => {
  const results = new LoadResults(['a'])
  const openLoad = { rate: 10 }
  results.sent(1)
  expect(results.result(openLoad).pace!.inFlight).toBeUndefined()
  results.dropped(1, 5_000)
  results.dropped(1, 870)
  expect(results.result(openLoad).pace).toMatchObject({ arrivals: 3, dropped: 2, inFlight: 870 })
})
