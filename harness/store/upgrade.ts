/**
 * Records of schema 1 → today's. The result is checked afterwards, so nothing is checked here: a value of an unexpected
 * shape stays as it is.
 */
import { RECORD_SCHEMA } from '../model/record.ts'

const SCHEMA_1 = 'flamegate/record/1'

export const READABLE = [SCHEMA_1, RECORD_SCHEMA]

type Fields = Record<string, unknown>

const isFields = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

export function upgradeRecord(written: unknown): unknown {
  if (!isFields(written) || written.schema !== SCHEMA_1) return written
  return isJoined(written) ? separated(written) : upgradeRun(written)
}

function upgradeRun({ recorded, ...run }: Fields): Fields {
  return {
    ...run,
    schema: RECORD_SCHEMA,
    rounds: Array.isArray(run.rounds) ? run.rounds.map(upgradeRound) : run.rounds,
    recorded: isFields(recorded) ? upgradeRun(recorded) : recorded,
  }
}

/** A run that was cut off has its rounds in separate files, which do not name a schema. */
export function upgradeRound(written: unknown): unknown {
  if (!isFields(written)) return written
  const { yardsticks, launches, ...round } = written
  if (!listOf(launches).some(launch => isFields(launch) && 'captures' in launch)) return written
  return {
    ...round,
    launches: listOf(launches).map(upgradeLaunch),
    yardstick: upgradeLaunch(listOf(yardsticks)[0]),
  }
}

/** Histograms were scattered over the launch, and the results of collectors were called `captures`. */
function upgradeLaunch(written: unknown): unknown {
  if (!isFields(written)) return written
  const { latency, uncorrected, unsure, captures, pace, ...launch } = written
  const { sendError, ...kept } = isFields(pace) ? pace : {}
  return {
    ...launch,
    histograms: { latency, uncorrected, unsure: asList(unsure), sendError: asList(sendError) },
    collected: captures,
    pace: isFields(pace) ? kept : pace,
  }
}

const asList = (value: unknown) => (value === undefined ? undefined : [value])

/** `compare` wrote its two runs as one run with the variants `before` and `after`. */
const isJoined = ({ findings }: Fields): boolean =>
  listOf(findings).some(finding => isFields(finding) && finding.code === 'not-interleaved')

/** Conclusions about the pair, which are drawn again. */
const REDRAWN = ['not-interleaved', 'yardstick', 'no-yardstick']

function separated(joined: Fields): unknown {
  const plan = isFields(joined.plan) ? joined.plan : {}
  const findings = listOf(joined.findings).filter(isFields)
  const [, began] = /^One side was measured at (\S+),/.exec(textOf(findings, 'not-interleaved')) ?? []
  const half = (side: string, duration: number) =>
    upgradeRun({
      ...joined,
      duration,
      findings: [],
      plan: {
        ...plan,
        baseline: SHARED,
        variants: listOf(plan.variants)
          .filter(variant => isFields(variant) && variant.id === side)
          .map(variant => ({ ...(variant as Fields), id: SHARED, label: unmarked(variant as Fields) })),
      },
      rounds: listOf(joined.rounds).flatMap(round => halfOfRound(round, side)),
    })
  const duration = typeof joined.duration === 'number' ? joined.duration / 2 : 0
  return {
    ...half('after', duration),
    findings: findings.filter(({ code }) => !REDRAWN.includes(String(code))),
    recorded: { ...half('before', duration), startedAt: began ?? joined.startedAt },
  }
}

/** Both runs measured the same variant. The joined record did not keep its id. */
const SHARED = 'current'

/** Labels ended in the commit or the time of their side, which is added again. */
const unmarked = ({ label }: Fields): string => String(label).replace(/ \([^()]*\)$/, '')

function halfOfRound(round: unknown, side: string): unknown[] {
  if (!isFields(round)) return [round]
  const own = (launches: unknown) =>
    listOf(launches)
      .filter(launch => isFields(launch) && launch.variant === side)
      .map(launch => ({ ...(launch as Fields), variant: SHARED }))
  const launches = own(round.launches)
  return launches.length > 0 ? [{ ...round, launches, yardsticks: own(round.yardsticks) }] : []
}

const textOf = (findings: Fields[], code: string): string =>
  String(findings.find(finding => finding.code === code)?.message ?? '')
