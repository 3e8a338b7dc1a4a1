/** Several scenarios with every kind of outcome, hostile names included. */
import type { Outcome } from '../../harness/model/outcome.ts'
import type { Report } from '../../harness/model/report.ts'
import { inconclusive, regressed, sampleReport } from './sample.ts'

const outcome = (scenario: string, report: Report, folder = scenario): Outcome => ({
  scenario,
  file: `scenarios/${scenario}.ts`,
  folder,
  report,
})

export const HOSTILE = `a]]>"&<b>\u0007,:%\r\n::error::x`

export const outcomes = (): Outcome[] => [
  outcome('fine', sampleReport()),
  outcome('slow', regressed()),
  outcome('open', inconclusive()),
  {
    scenario: 'broken',
    file: 'scenarios/broken.ts',
    folder: '',
    problem: { message: HOSTILE, place: 'server.js', advice: 'Start it by hand.' },
  },
]
