/** Binds the command line to this process. */
import { runPlan } from '../bench.ts'
import { loadCapabilities } from '../capabilities.ts'
import { inspectMachine } from './doctor/machine.ts'
import { run } from './run.ts'

// `flamegate … | head` closes the pipe early; the measurement is not to blame for that.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

// Not `process.exit`: what is still on its way to a pipe has to arrive.
process.exitCode = await run(process.argv.slice(2), process, { runPlan, loadCapabilities, inspectMachine })
