/** Every recipe is followed to its end, and keeps its promises: exit codes, and words of its own in what its commands say. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { follow, PAGES, readPage } from './page.ts'

interface Promised {
  /** A part of their lines. */
  command: string
  /** What each of them says, and the page too. */
  says: string[]
}

/** By page, which is also the name of the project in which it is followed. */
const RECIPES: Record<string, { project: string; promises: Promised[] }> = {
  'high-throughput': {
    project: 'quotes',
    promises: [
      { command: 'npx flamegate diff', says: ['formatPrice'] },
      { command: 'npx flamegate quotes.ts', says: ['improved', 'formatPrice'] },
    ],
  },
  'memory-leak': {
    project: 'visitors',
    promises: [
      { command: 'npx flamegate diff', says: ['rememberVisitor'] },
      { command: 'npx flamegate visitors.ts', says: ['improved', 'now leaks', 'rememberVisitor'] },
    ],
  },
  'latency-spikes': {
    project: 'search',
    promises: [
      { command: 'gzip', says: ['"reason":"p99"', 'GET /search'] },
      { command: 'npx flamegate diff', says: ['byName'] },
      { command: 'npx flamegate search.ts', says: ['improved', 'byName'] },
    ],
  },
  'legacy-monolith': {
    project: 'billing',
    promises: [
      { command: '--output before', says: ['and is closed', 'subtotalOf'] },
      { command: 'npx flamegate diff', says: ['subtotalOf'] },
      { command: 'npx flamegate billing', says: ['improved', 'subtotalOf'] },
    ],
  },
  'io-wait': {
    project: 'orders',
    promises: [
      { command: 'npx flamegate orders.ts --expect', says: ['improved', 'waiting for upstream', 'rateOf'] },
    ],
  },
  'nothing-leaves': {
    project: 'ledger',
    promises: [
      { command: 'trigger: guess', says: ['refused'] },
      { command: 'flamegate token', says: ['"capture":'] },
      { command: 'npx flamegate serve --host', says: ['FLAMEGATE_SERVE_TOKEN'] },
      { command: 'npx flamegate ledger.ts', says: ['fine'] },
    ],
  },
}

const names = readdirSync(PAGES).map(name => name.replace(/\.md$/, ''))

describe('each recipe', () => {
  it('is followed here, and is in the index', () => {
    expect(names.toSorted()).toEqual(Object.keys(RECIPES).toSorted())
    const index = readFileSync(join(PAGES, '../index.md'), 'utf8')
    expect(names.filter(name => !index.includes(`(recipes/${name}.md)`))).toEqual([])
  })

  it.each(names)('%s says what it promises', name => {
    const { text, commands } = readPage(name)
    for (const { command, says } of RECIPES[name]!.promises) {
      expect(commands.some(({ line }) => line.includes(command))).toBe(true)
      for (const words of says) expect(text).toContain(words)
    }
  })
})

/**
 * Runs take turns on a machine, so all recipes add five minutes to the tests, and a verdict in half a minute needs a machine that does
 * nothing else.
 */
const asked = process.env.RECIPES?.split(',') ?? []
const followed = names.filter(name => asked.includes('all') || asked.includes(name))
const left = names.filter(name => !followed.includes(name))

it.skip.each(left)('a reader who follows %s (skipped: it takes a minute; run it with RECIPES=%s)', () => {})

describe.runIf(followed.length > 0)('a reader who follows it', () => {
  it.each(followed)('%s', { timeout: 180_000 }, async name => {
    const { project, promises } = RECIPES[name]!
    const ran = await follow(readPage(name), project)
    const wrong = ran.filter(({ line, code, exitCode }) => !line.endsWith('&') && code !== exitCode)
    expect(wrong.slice(0, 1)).toEqual([])
    for (const { command, says } of promises)
      for (const { line, output } of ran.filter(it => it.line.includes(command)))
        for (const words of says) expect.soft(output, line).toContain(words)
  })
})
