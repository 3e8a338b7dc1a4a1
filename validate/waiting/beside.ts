/** Other work on the machine while Flamegate measures: the type checker, again and again. */
import { execa } from 'execa'
import { mortal } from '../../harness/measure/harness/command.ts'
import { ROOT } from '../experiment.ts'

/** @returns ends it, and resolves when it has ended */
export function compileBeside(): () => Promise<void> {
  const controller = new AbortController()
  const [program, ...args] = mortal([
    process.execPath,
    'node_modules/typescript/bin/tsc',
    '--noEmit',
    '-p',
    '.',
  ])
  const ended = (async () => {
    while (!controller.signal.aborted)
      await execa(program!, args, { cwd: ROOT, reject: false, cancelSignal: controller.signal })
  })()
  return async () => {
    controller.abort()
    await ended
  }
}
