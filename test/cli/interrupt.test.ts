import { expect, test } from 'vitest'
import { interruptible } from '../../harness/cli/interrupt.ts'

/** Sends a signal at each of these milliseconds; what the process did about it. */
async function signalsAt(...times: number[]) {
  const listeners = new Set<() => void>()
  const exits: number[] = []
  let clock = 0
  const host = {
    on: (_signal: string, listener: () => void) => listeners.add(listener),
    off: (_signal: string, listener: () => void) => listeners.delete(listener),
    exit: (code: number) => exits.push(code),
  }
  const aborted = await interruptible(
    host,
    async signal => {
      for (const time of times) {
        clock = time
        for (const listener of listeners) listener()
      }
      return signal.aborted
    },
    () => clock,
  )
  return { aborted, exits, listeners: listeners.size }
}

test('without a signal nothing happens, and the listeners are gone afterwards', async () => {
  expect(await signalsAt()).toEqual({ aborted: false, exits: [], listeners: 0 })
})

test('the first signal aborts the work', async () => {
  expect(await signalsAt(1_000)).toMatchObject({ aborted: true, exits: [] })
})

test('a key press that npm repeats is not a second one', async () => {
  expect(await signalsAt(1_000, 1_005)).toMatchObject({ aborted: true, exits: [] })
})

test('after the first signal, it listens for another one until the process ends', async () => {
  expect(await signalsAt(1_000)).toMatchObject({ listeners: 1 })
})

test('a second key press exits at once', async () => {
  expect(await signalsAt(1_000, 2_000)).toMatchObject({ aborted: true, exits: [130] })
})
