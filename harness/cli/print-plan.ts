import type { Plan, PlannedVariant } from '../model/plan.ts'
import { percent } from '../words/numbers.ts'

/** Where load leaves this machine. */
export const remoteText = ({ hosts, rate }: NonNullable<Plan['remote']>): string =>
  `${rate} requests/s at most to ${hosts.join(' and ')}`

/** The plan, with a line for each decision. */
export function printPlan(plan: Plan): string {
  const { load, rounds, timing, warmup, pinning } = plan
  const rows: [string, string][] = [
    ['scenario', `${plan.scenario} (${plan.file})`],
    ['fingerprint', plan.fingerprint.slice(0, 16)],
    ...plan.variants.map((variant): [string, string] => [
      variant.id === plan.baseline ? 'baseline' : 'variant',
      variantText(variant),
    ]),
    ...checkoutRows(plan),
    ...given('build', plan.build?.join(' ')),
    ...given('copy', plan.copy?.join(', ')),
    ...(plan.packages ?? []).map(({ spec, folder }): [string, string] => ['package', `${spec} in ${folder}`]),
    ...given('recorded', plan.recorded),
    ...given('saved as', plan.saveAs),
    ...given('yardstick', plan.yardstick && `version ${plan.yardstick.version}, in every round`),
    ...(plan.needs ?? []).map(({ name, command, server, url, per }): [string, string] => [
      'need',
      `${name}: ${command?.join(' ') ?? server ?? url}, once per ${per}`,
    ]),
    ['load', loadText(load)],
    ...given('remote', plan.remote && remoteText(plan.remote)),
    ...load.steps.map(({ name }): [string, string] => ['step', name]),
    ['answers', plan.sameAnswers ? 'must be the same' : 'may differ'],
    ['warm-up', `${warmup.requests} requests at least, ${warmup.timeout} ms at most`],
    ['timing', `slices of ${timing.slice} ms; ${timing.timed} ms timed, ${timing.profiled} ms per collector`],
    ['collectors', collectorsText(plan)],
    ['rounds', rounds.min === rounds.max ? `${rounds.min}` : `${rounds.min} to ${rounds.max}`],
    ['time', `${plan.maxTime / 1000} s at most`],
    ['processors', pinning ? `target ${pinning.target}, load ${pinning.loader}` : 'not pinned'],
    ...plan.gates.map(({ metric, margin, expect, max, level }): [string, string] => {
      const parts = [
        margin !== undefined && `margin ${percent(margin)}`,
        expect !== undefined && `an improvement of ${percent(expect)}`,
        max !== undefined && `at most ${max}`,
      ]
      return ['gate', `${metric}: ${parts.filter(Boolean).join(', ')} (${level})`]
    }),
    ['seed', `${plan.seed}`],
    ['output', plan.output],
    ['repeat', plan.repeat],
  ]
  return `${rows.map(([name, text]) => `${name.padEnd(12)}${text}`).join('\n')}\n`
}

function variantText({ id, label, command, directory, environment, url, pid }: PlannedVariant): string {
  const name = label === id ? id : `${id} (${label})`
  if (url === undefined) return `${name}: ${[...settings(environment), ...command].join(' ')} in ${directory}`
  return `${name}: already runs at ${url}${pid === undefined ? '' : ` (process ${pid})`}`
}

const given = (name: string, text: string | undefined): [string, string][] =>
  text === undefined ? [] : [[name, text]]

function collectorsText({ collectors, ifWaiting = [] }: Plan): string {
  const always = collectors.filter(name => !ifWaiting.includes(name))
  const waiting = ifWaiting.length > 0 ? `; if the service waits: ${ifWaiting.join(', ')}` : ''
  return `${always.join(', ') || 'none'}${waiting}`
}

function loadText({ engine, connections, pipelining, arrivals, rate, phases }: Plan['load']): string {
  if (!arrivals) return `${engine}, ${connections} connections × ${pipelining} in flight`
  const pace = phases?.map(({ name }) => name).join(', ') ?? rate ?? 'a rate that the first round finds'
  return `${engine}, ${arrivals} arrivals at ${pace}, ${connections} connections`
}

function checkoutRows({ checkout }: Plan): [string, string][] {
  if (!checkout) return []
  const { commit, folder, install, prepare } = checkout
  const steps = [install, prepare].flatMap(it => (it ? [`${it.command.join(' ')} in ${it.directory}`] : []))
  return [
    ['checkout', `${commit.slice(0, 12)} in ${folder}`],
    ['prepare', steps.join(', then ') || 'nothing'],
  ]
}

const settings = (environment: Record<string, string>) =>
  Object.entries(environment).map(([name, value]) => `${name}=${value}`)
