/** Services on other machines. Nothing is sent here: a plan only says what would be. */
import { describe, expect, test } from 'vitest'
import type { RunOptions } from '../../harness/model/options.ts'
import { makePlan } from '../../harness/plan/index.ts'
import { CAPABILITIES, folderWith, worldIn } from './world.ts'

const HERE = "{ url: 'http://127.0.0.1:8080' }"
const THERE = "{ url: 'https://shop.example' }"

async function planOf(load: string, options: Partial<RunOptions> = {}, blue = HERE, green = THERE) {
  const text = `export default {
  target: { name: 'shop' },
  variants: { blue: ${blue}, green: ${green} },
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }], ${load} },
}`
  const directory = await folderWith({ 'scenarios/demo.js': text })
  return await makePlan({ scenario: 'demo', ...options }, worldIn(directory), CAPABILITIES)
}

describe('load for another machine', () => {
  test('is refused unless it is asked for', async () => {
    await expect(planOf('rate: 50')).rejects.toThrow('This would send load to shop.example.')
    await expect(planOf('rate: 50', {}, "{ url: 'http://127.0.0.1.example' }", HERE)).rejects.toThrow(
      '127.0.0.1.example',
    )
  })

  test('is planned with its hosts and its highest rate', async () => {
    const { remote, repeat } = await planOf('rate: 50', { remote: true })
    expect(remote).toEqual({ hosts: ['shop.example'], rate: 50 })
    expect(repeat).toContain('--remote')
    const phases = "phases: [[{ name: 'up', from: 10, to: 80, duration: 1000 }]]"
    expect((await planOf(phases, { remote: true })).remote?.rate).toBe(80)
  })

  test.each([
    ['without a rate', ''],
    ['with a share of a capacity that nobody looks for', "rate: '50%'"],
  ])('is refused %s', async (_, load) => {
    await expect(planOf(load, { remote: true })).rejects.toThrow('needs a rate')
  })

  test('has a limit', async () => {
    await expect(planOf('rate: 1001', { remote: true })).rejects.toThrow('1001 requests/s are too many')
  })

  test('by workers of another engine has one too', async () => {
    const load = "engine: 'gate', atMost: 300"
    expect((await planOf(load, { remote: true })).remote?.rate).toBe(300)
    await expect(planOf("engine: 'gate'", { remote: true })).rejects.toThrow('needs a rate')
    await expect(planOf("engine: 'closed', atMost: 300", { remote: true })).rejects.toThrow(
      'has no use for `atMost`',
    )
  })

  test('tells nothing of processes there', async () => {
    const there = "{ url: 'https://shop.example', pid: 41 }"
    await expect(planOf('rate: 50', { remote: true }, HERE, there)).rejects.toThrow(
      'cannot be looked at from here',
    )
  })
})

test('on this machine, nothing has to be asked for', async () => {
  for (const url of ['http://localhost:8081', 'http://[::1]:8081', 'http://127.0.0.2:8081'])
    expect((await planOf('', {}, HERE, `{ url: '${url}' }`)).remote).toBeUndefined()
})
