import { describe, expect, test } from 'vitest'
import { readOptions } from '../../harness/probe/options.cjs'
import { optionsFrom } from '../../harness/probe/variables.cjs'

const SHOP = { service: 'shop', store: { folder: '/var/lib/flamegate' } }

describe('options', () => {
  test('have defaults, in numbers', () => {
    expect(readOptions(SHOP)).toMatchObject({
      service: 'shop',
      store: { folder: '/var/lib/flamegate', keep: 2 ** 29, files: 10_000 },
      continuous: { window: 60_000, interval: 10 },
      triggers: { loopDelay: 200, signal: 'SIGUSR2' },
      limits: { capture: 10_000, cooldown: 60_000, perDay: 50, utilisation: 0.95 },
      endpoints: false,
      waits: false,
      allocation: false,
      forwarded: false,
    })
  })

  test('can be given and switched off', () => {
    const own = { continuous: false, triggers: { loopDelay: false, p99: '0.5s', heapGrowth: '60MiB/min' } }
    expect(readOptions({ ...SHOP, ...own })).toMatchObject({
      continuous: false,
      triggers: { loopDelay: false, p99: 500, heapGrowth: (60 * 2 ** 20) / 60_000 },
    })
    expect(readOptions({ ...SHOP, triggers: false })).toMatchObject({ triggers: false })
  })

  test('without a store, nothing is recorded all the time', () => {
    expect(readOptions({ service: 'shop', endpoints: { port: 6060 } })).toMatchObject({
      store: false,
      continuous: false,
      endpoints: { port: 6060, host: '127.0.0.1' },
    })
  })

  test('with an address to send them to, windows need no store', () => {
    const send = { url: 'http://127.0.0.1:4040/' }
    expect(readOptions({ service: 'shop', send })).toMatchObject({
      store: false,
      continuous: { window: 60_000 },
      send: { url: 'http://127.0.0.1:4040' },
    })
  })

  test.each([
    [{}, '`service` is missing'],
    [{ ...SHOP, continous: {} }, 'no option `continous`. Did you mean `continuous`?'],
    [{ ...SHOP, store: { folder: '/a', keeep: '1MiB' } }, 'no option `store.keeep`. Did you mean `keep`?'],
    [{ ...SHOP, colour: true }, 'no option `colour`. Known options: service,'],
    [{ ...SHOP, continuous: { window: 60 } }, '`continuous.window` is 60; it must be a time'],
    [
      { ...SHOP, store: { folder: '/a', keep: '5 parsecs' } },
      '`store.keep` is "5 parsecs"; it must be a size',
    ],
    [{ ...SHOP, triggers: { errors: 0.05 } }, '`triggers.errors` is 0.05; it must be a share'],
    [{ ...SHOP, triggers: { signal: 'SIGUSR1' } }, '`triggers.signal` is "SIGUSR1"'],
    [{ ...SHOP, triggers: true }, '`triggers` must be an object, or false'],
    [{ ...SHOP, store: {} }, '`store.folder` is missing'],
    [{ ...SHOP, store: { folder: '/a', keep: false } }, '`store.keep` is false; it must be a size'],
    [{ ...SHOP, endpoints: {} }, '`endpoints.port` is missing'],
    [{ service: 'shop', continuous: {} }, '`store` is missing'],
    [{ service: 'shop', waits: {} }, '`store` is missing'],
    [{ ...SHOP, waits: { every: '1s', for: '1s' } }, '`waits.for` is not shorter than `waits.every`'],
    [{ ...SHOP, allocation: { for: '60s' } }, '`allocation.for` is not shorter than `allocation.every`'],
    [{ service: 'shop', allocation: {} }, '`store` is missing'],
    [{ ...SHOP, send: { url: 'shop:4040' } }, '`send.url` is "shop:4040"; it must be an address'],
    [{ ...SHOP, send: {} }, '`send.url` is missing'],
    [{ ...SHOP, service: '' }, '`service` is ""; it must be text'],
    [{ ...SHOP, service: false }, '`service` is false; it must be text'],
  ])('%j is refused', (given, said) => {
    expect(() => readOptions(given)).toThrow(said)
  })
})

describe('variables', () => {
  test('stand for options', () => {
    const options = optionsFrom({
      PATH: '/bin',
      FLAMEGATE_PROBE_SERVICE: 'shop',
      FLAMEGATE_PROBE_STORE_FOLDER: '/var/lib/flamegate',
      FLAMEGATE_PROBE_TRIGGERS_LOOP_DELAY: '50ms',
      FLAMEGATE_PROBE_LIMITS_PER_DAY: '3',
      FLAMEGATE_PROBE_HASH_NAMES: 'true',
      FLAMEGATE_PROBE_CONTINUOUS: 'off',
    })
    expect(options).toEqual({
      service: 'shop',
      store: { folder: '/var/lib/flamegate' },
      triggers: { loopDelay: '50ms' },
      limits: { perDay: 3 },
      hashNames: true,
      continuous: false,
    })
    expect(readOptions(options)).toMatchObject({ limits: { perDay: 3 } })
  })

  test('have text where text is meant, also of digits', () => {
    const options = optionsFrom({ FLAMEGATE_PROBE_SERVICE: 'on', FLAMEGATE_PROBE_VERSION: '20261130' })
    expect(readOptions(options)).toMatchObject({ service: 'on', version: '20261130' })
  })

  test('that stand for none are refused', () => {
    expect(() => optionsFrom({ FLAMEGATE_PROBE_SERVCE: 'shop' })).toThrow(
      'no option for FLAMEGATE_PROBE_SERVCE',
    )
  })
})
