/** The service of the scenario `injected`, with something that it carries. */
import { type ChildProcess, spawn } from 'node:child_process'
import { freePort } from '../harness/measure/harness/address.ts'
import { mortal } from '../harness/measure/harness/command.ts'
import { ROOT } from './experiment.ts'

export interface InjectedService {
  url: string
  child: ChildProcess
}

/** @param preload module that it carries; @param environment with INJECT, the per cent of more work */
export async function startInjected(
  preload: string,
  environment: Record<string, string>,
): Promise<InjectedService> {
  const port = await freePort()
  const [program, ...args] = mortal([process.execPath, '--require', preload, 'targets/injected/server.js'])
  const child = spawn(program!, args, {
    cwd: ROOT,
    env: { ...process.env, PORT: port, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  while (child.exitCode === null) {
    const isReady = await fetch(`${url}/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady) return { url, child }
  }
  throw new Error(`the service has ended with code ${child.exitCode}`)
}
