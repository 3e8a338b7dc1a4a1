/** What bpftrace lacks, in words. */
import { expect, it } from 'vitest'
import { kernelView, lacksOf } from '../../harness/kernel/kernel-view.ts'

it.each([
  ['nothing', '0.17.0', true, true, []],
  ['nothing in a newer version', '1.2', true, true, []],
  ['a version that is new enough', '0.16.3', true, true, [/0\.16\.3 is too old .*0\.17/]],
  ['all but Linux', null, false, false, [/install the package `bpftrace`/, /root/]],
  ['a file system', '0.20.1', true, false, [/mount -t tracefs nodev \/sys\/kernel\/tracing/]],
])('lacks %s', (_, version, isRoot, hasTracefs, expected) => {
  const found = lacksOf({ version, isRoot, hasTracefs, isContained: false })
  expect(found).toHaveLength(expected.length)
  for (const [at, pattern] of expected.entries()) expect(found[at]).toMatch(pattern)
})

it('cannot tell processes from within a container', () => {
  const given = { version: '0.17.0', isRoot: true, hasTracefs: true, isContained: true }
  expect(lacksOf(given)).toEqual([expect.stringMatching(/outside of the container/)])
})

it('is not there outside Linux', () => {
  expect(kernelView('darwin')).toEqual({ version: null, lacks: ['this is not Linux'] })
})

it('can be asked for on this machine', () => {
  const { version, lacks } = kernelView()
  if (lacks.length === 0) expect(version).toMatch(/^\d+\.\d+/)
  else expect(lacks.join()).not.toBe('')
})
