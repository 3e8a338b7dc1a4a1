import { describe, expect, test } from 'vitest'
import { comparability } from '../../harness/evidence/index.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import { environment, launch, plan, run, timed } from '../analyze/records.ts'

const record = (given: Partial<RunRecord> = {}, launches = [launch('before'), launch('after')]) =>
  run([launches, launches], given)

const baselineAs = (given: Partial<RunRecord['plan']['variants'][0]>) => ({
  plan: { ...plan, variants: [{ ...plan.variants[0]!, ...given }, plan.variants[1]!] },
})

describe('comparability', () => {
  test('a record is comparable with one like it', () => {
    expect(comparability(record(), record(), 'before')).toEqual([])
  })

  test('the folder of the checkout and its Node make no difference', () => {
    const elsewhere = baselineAs({
      command: ['/home/me/node', '/home/me/app/server.js'],
      directory: '/home/me/app',
      node: '/home/me/node',
    })
    expect(comparability(record(), record(elsewhere), 'before')).toEqual([])
  })

  test.each<[string, string, Partial<RunRecord>]>([
    ['other-scenario', 'error', { plan: { ...plan, fingerprint: 'fedcba9876543210' } }],
    ['other-platform', 'error', { environment: { ...environment, arch: 'arm64' } }],
    ['other-loader', 'error', { plan: { ...plan, load: { ...plan.load, engine: 'open' } } }],
    ['other-processor', 'warning', { environment: { ...environment, cpuModel: 'Xeon' } }],
    ['other-processor', 'warning', { environment: { ...environment, governor: 'powersave' } }],
    ['other-cores', 'warning', { environment: { ...environment, cores: 4 } }],
    ['other-cores', 'warning', { plan: { ...plan, pinning: undefined } }],
    ['other-kernel', 'info', { environment: { ...environment, kernel: '6.12.1' } }],
    ['other-command', 'warning', baselineAs({ environment: { MODE: 'fast' } })],
    ['other-command', 'warning', baselineAs({ command: ['/opt/node', '--no-opt', '/srv/app/server.js'] })],
    ['other-collectors', 'info', { plan: { ...plan, collectors: ['cpu'] } }],
  ])('%s is of severity %s', (code, severity, given) => {
    expect(comparability(record(), record(given), 'before')).toMatchObject([{ code, severity }])
  })

  test('a need of another version is named, and one of an older record is not known', () => {
    const needs = (version?: string) => record({ needs: [{ name: 'database', version }, { name: 'cache' }] })
    expect(comparability(needs('15.1'), needs('16.0'), 'before')).toMatchObject([
      {
        code: 'other-need',
        severity: 'warning',
        message: 'What the service needs: database 15.1, cache there, database 16.0, cache here.',
      },
    ])
    expect(comparability(needs('15.1'), needs('15.1'), 'before')).toEqual([])
    expect(comparability(record(), needs('15.1'), 'before')).toEqual([])
  })

  test('says what was there and what is here', () => {
    const other = record({ environment: { ...environment, cpuModel: 'Xeon' } })
    expect(comparability(record(), other, 'before')[0]!.message).toBe(
      'Processor: AMD EPYC 9B14 there, Xeon here.',
    )
  })

  test('the runtime is the target’s own', () => {
    const older = record({}, [launch('before', { versions: { node: '24.0.0', v8: '13.6' } })])
    expect(comparability(older, record(), 'before')).toMatchObject([
      { code: 'other-runtime', message: expect.stringContaining('Node 24.0.0, V8 13.6 there') },
    ])
  })

  test('answers of another size and errors are other work', () => {
    const bigger = record({}, [timed('before', { bytes: [30_000, 30_000, 30_000] })])
    const failing = record({}, [timed('before', { errors: [5, 0, 0] })])
    expect(comparability(bigger, record(), 'before')).toMatchObject([{ code: 'other-bytes' }])
    expect(comparability(failing, record(), 'before')).toMatchObject([{ code: 'other-errors' }])
  })
})
