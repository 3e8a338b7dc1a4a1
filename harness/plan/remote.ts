/** Load that leaves this machine: only where somebody asks for it, and at a rate that the scenario sets. */
import { UsageError } from '../model/errors.ts'
import type { RunOptions } from '../model/options.ts'
import type { Plan, PlannedLoad, PlannedVariant } from '../model/plan.ts'
import { firstNames } from '../words/text.ts'

/** Requests per second. A service in use has other users, and this is not a tool for finding out what it bears. */
const MOST = 1_000

const isElsewhere = (url: string): boolean =>
  !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(URL.parse(url)?.hostname ?? '')

/**
 * @returns the other machines that get load, and the highest rate; undefined where there are none
 * @throws UsageError without `--remote`, or when the rate is unknown or too high
 */
export function planRemote(
  variants: PlannedVariant[],
  load: PlannedLoad,
  { remote }: RunOptions,
  file: string,
): Plan['remote'] {
  const others = variants.flatMap(({ url, probe }) => [url ?? [], probe ?? []].flat()).filter(isElsewhere)
  if (others.length === 0) return undefined
  const hosts = [...new Set(others.map(url => new URL(url).host))]
  const names = firstNames(hosts)
  const refuse = (problem: string, advice: string) => new UsageError(problem, { place: file, advice })
  if (variants.some(({ url, pid, inside }) => (pid ?? inside) !== undefined && others.includes(url ?? '')))
    throw refuse(
      `A process on ${names} cannot be looked at from here.`,
      'Leave `pid` and `container` out. A probe in the service can tell its CPU time: `probe`.',
    )
  if (!remote)
    throw refuse(
      `This would send load to ${names}.`,
      'If you may do that, add `--remote`. Otherwise give a `url` of this machine.',
    )
  const rates = load.phases?.flatMap(({ from, to }) => [from, to]) ?? [load.rate ?? load.atMost]
  const known = rates.filter(rate => typeof rate === 'number')
  if (known.length < rates.length)
    throw refuse(
      `Load for another machine needs a rate, and this one depends on what ${names} can handle.`,
      'Set `rate` in the load, in requests per second (`atMost` with another engine).',
    )
  const rate = Math.max(...known)
  if (rate > MOST)
    throw refuse(
      `${rate} requests/s are too many for another machine: ${MOST} are the limit.`,
      'Lower the `rate`. A few hundred requests per second show a change of latency as well.',
    )
  return { hosts, rate }
}
