/** A loop of a real service that stands still, and what the probe says of it. */
import { describe, expect, it } from 'vitest'
import { hottest, type Kept, start } from './service.ts'

describe('a loop that stands still is caught in the act', () => {
  it.each([
    ['in JavaScript', 'loop', 'slowPath'],
    ['in a regular expression', 'regex', 'regex'],
    ['in JSON.parse', 'json', 'json'],
    ['in a synchronous call', 'sync', 'sync'],
  ])('%s', async (_, way, name) => {
    const service = await start({
      continuous: { window: '1h', interval: '1ms' },
      triggers: { loopDelay: '250ms' },
    })
    await service.get(`/stuck/${way}/1500`)
    const { window, profile } = await service.keeps(({ window }) => window.kind === 'stall')
    // Its callers and what it calls take as long.
    expect(hottest(profile).slice(0, 9)).toContain(name)
    expect(window.cause).toMatchObject({ reason: 'loop' })
    expect((window.cause as { delay: number }).delay).toBeGreaterThan(300)
  })

  it('while it still does', async () => {
    const service = await start({
      continuous: { window: '1h', interval: '1ms' },
      triggers: { loopDelay: '250ms' },
    })
    const answered = service.get('/stuck/loop/6000').then(() => 'answered')
    // Beside other tests, its thread can be without a processor for most of the time, which is a cause of its own.
    const isCaught = ({ window: { kind, cause } }: Kept) =>
      kind === 'stall' || (cause as { reason: string } | undefined)?.reason === 'starved'
    const caught = service.keeps(isCaught).then(() => 'caught')
    expect(await Promise.race([answered, caught])).toBe('caught')
  })
})
