/** `resume <run>`: continues a run that was cut off. */
import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { describeEnvironment, isRunning, otherLeases } from '../../measure/index.ts'
import { UsageError } from '../../model/errors.ts'
import type { RunOptions } from '../../model/options.ts'
import type { Plan } from '../../model/plan.ts'
import type { RunRecord } from '../../model/record.ts'
import { makePlan } from '../../plan/index.ts'
import type { Command } from '../command.ts'
import { type Host, worldOf } from '../host.ts'
import { interruptible } from '../interrupt.ts'
import { measureOne } from '../measuring.ts'
import { INTERRUPTED } from '../outcome.ts'
import { openRecord } from '../recorded.ts'

export const resume: Command = {
  operands: '<run>',
  help: 'continue a run that was cut off',
  details: `Continues a run (its folder, or its record.json) that was interrupted, failed or was killed. Its complete rounds count,
and the rest is measured in the time that was left. The scenario, the variants, the commit of the working tree and the
machine must be the same, or the rounds would not be comparable.`,
  flags: ['strict', 'json', 'wait'],
  async run({ words, options }, host, engine) {
    const [path] = words as [string]
    const earlier = await openRecord(path, host)
    const place = resolve(host.cwd(), path)
    const folder = (await stat(place)).isDirectory() ? place : dirname(place)
    const run = optionsOf(earlier, folder, options.wait)
    const capabilities = await engine.loadCapabilities(host.cwd())
    const plan = await makePlan(run, worldOf(host), capabilities)
    refuseChanged(earlier, plan, host, path)
    return await interruptible(host, async signal => {
      const session = { options, host, engine, capabilities, signal }
      const { code, json } = await measureOne(() => plan, session, earlier)
      if (options.json && json) host.stdout.write(json)
      return signal.aborted ? INTERRUPTED : code
    })
  },
}

/** @throws UsageError when there is nothing to continue */
function optionsOf({ ending, plan }: RunRecord, folder: string, wait = false): RunOptions {
  const refuse = (message: string, advice: string) => new UsageError(message, { place: folder, advice })
  if (ending === 'complete')
    throw refuse('The run is complete.', `Show it with \`flamegate report\`, or repeat it: ${plan.repeat}`)
  const running = otherLeases().find(lease => lease.output === plan.output && isRunning(lease))
  if (running)
    throw refuse(`The run is still going on (process ${running.harness.pid}).`, 'Wait until it ends.')
  if (!plan.request)
    throw refuse('The record does not say what was asked for.', `Repeat the run: ${plan.repeat}`)
  return { ...plan.request, scenario: plan.file, output: folder, wait }
}

/** @throws UsageError when further rounds would not be comparable with the complete ones */
function refuseChanged({ plan: was, environment }: RunRecord, is: Plan, host: Host, place: string): void {
  const here = describeEnvironment(worldOf(host))
  const commands = ({ variants }: Plan) => JSON.stringify(variants.map(({ id, command }) => [id, command]))
  const changed = [
    was.fingerprint !== is.fingerprint && 'load, target or steps of the scenario',
    commands(was) !== commands(is) && 'the variants',
    environment.node !== here.node && `Node (${environment.node}, now ${here.node})`,
    environment.cpuModel !== here.cpuModel && 'the processor',
    environment.commit !== here.commit && `the commit (${environment.commit}, now ${here.commit})`,
  ].filter(it => it !== false)
  if (changed.length === 0) return
  throw new UsageError(`The run cannot be continued, because this has changed: ${changed.join(', ')}.`, {
    place,
    advice: `Undo the change, or measure again: ${was.repeat}`,
  })
}
