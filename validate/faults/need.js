/** What the service needs. It fails once, as `FAULT` says, after the file `go` has appeared in the folder of the run. */
import { spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'

const { FAULT, MARK, PORT } = process.env
const GO = `${MARK}/go`
const STUBBORN = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"

const FAULTS = {
  'need exits': () => process.exit(9),
  'need is killed': () => process.kill(process.pid, 'SIGKILL'),
  'need is stopped (SIGSTOP)': () => process.kill(process.pid, 'SIGSTOP'),
  'need ignores SIGTERM': () => process.on('SIGTERM', () => {}),
  'need leaves a daemon': () =>
    spawn(process.execPath, ['-e', STUBBORN], { detached: true, stdio: 'ignore' }).unref(),
}

function strike() {
  if (!existsSync(GO)) return
  rmSync(GO, { force: true })
  FAULTS[FAULT]()
}

createServer((_, response) => response.end('Hello')).listen(Number(PORT), '127.0.0.1')
if (FAULT in FAULTS) setInterval(strike, 5)
