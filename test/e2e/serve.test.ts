/** `serve`, in its own process: agents push, a run is sent there, and Ctrl-C ends it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { windowWith } from '../exchange/doubles.ts'
import { push } from '../serve/server.ts'
import { flamegate } from './flamegate.ts'

const BIN = fileURLToPath(new URL('../../harness/bin.js', import.meta.url))

async function served(folder = mkdtempSync(join(tmpdir(), 'flamegate-serve-'))) {
  const child = spawn(process.execPath, [BIN, 'serve', '--folder', folder, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => ended(child, 'SIGKILL').then(() => {}))
  const [line] = await once(createInterface(child.stdout), 'line')
  return { child, folder, address: String(line).replace('Listening on ', '') }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal)
    await once(child, 'exit')
  }
  return child.exitCode
}

it('ends with Ctrl-C, and has all that it took when it starts again', async () => {
  const first = await served()
  expect((await push(first.address, windowWith(20))).status).toBe(200)
  expect(await ended(first.child, 'SIGINT')).toBe(0)
  const again = await served(first.folder)
  expect(await (await fetch(again.address)).text()).toContain('1 window')
})

it('has what it took when it is killed', async () => {
  const first = await served()
  for (let at = 0; at < 5; at++) expect((await push(first.address, windowWith(20 + at))).status).toBe(200)
  await ended(first.child, 'SIGKILL')
  const again = await served(first.folder)
  expect(await (await fetch(again.address)).text()).toContain('5 windows')
})

it('takes the profiles of a run, and a run whose profiles nobody takes ends as it would', async () => {
  const { address } = await served()
  const args = ['well', '--quick', '--rounds', '1', '--max-time', '15s']
  const sent = await flamegate([...args, '--send', `pyroscope:${address}`])
  expect(sent.stderr).toMatch(/Sent to http:\/\/127\.0\.0\.1:\d+: \d+ profiles\./)
  expect(await (await fetch(address)).text()).toContain('well')
  const lost = await flamegate([...args, '--send', 'pyroscope:http://127.0.0.1:1'])
  expect(lost.stderr).toContain('The profiles were not sent. The verdict is not affected.')
  expect(lost.exitCode).toBe(sent.exitCode)
})

it('says that the port is taken', async () => {
  const { address, child } = await served()
  const folder = mkdtempSync(join(tmpdir(), 'flamegate-serve-'))
  const second = spawn(process.execPath, [BIN, 'serve', '--folder', folder, '--port', new URL(address).port])
  const stderr = second.stderr.toArray()
  const [code] = await once(second, 'exit')
  expect(code).toBe(2)
  expect(String(await stderr)).toContain('Give another port')
  expect(child.exitCode).toBeNull()
})
