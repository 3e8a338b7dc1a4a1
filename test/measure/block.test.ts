import { expect, test } from 'vitest'
import { groupsOf } from '../../harness/measure/driver/deadlines.ts'
import type { Collector } from '../../harness/model/capabilities.ts'

const collector = (name: string, along?: string): Collector => ({
  name,
  scope: 'agent',
  order: 1,
  ...(along !== undefined && { along }),
  async start() {},
  stop: async () => ({ figures: {} }),
})

const names = (collectors: Collector[]) => groupsOf(collectors).map(group => group.map(({ name }) => name))

test('a collector that runs along with another shares its slices', () => {
  const all = [collector('cpu'), collector('delays', 'stalls'), collector('stalls'), collector('heap')]
  expect(names(all)).toEqual([['cpu'], ['stalls', 'delays'], ['heap']])
})

test('it has slices of its own when the other one does not run', () => {
  expect(names([collector('cpu'), collector('delays', 'stalls')])).toEqual([['cpu'], ['delays']])
})
