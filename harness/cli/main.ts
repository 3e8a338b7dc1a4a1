/** Binds the command line to this process. */
import { runPlan } from '../bench.ts'
import { loadCapabilities } from '../capabilities.ts'
import { inspectMachine } from './doctor/machine.ts'
import { run } from './run.ts'

// `flamegate … | head` closes the pipe early, which is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

// Not `process.exit`, which would cut off output on its way to a pipe.
process.exitCode = await run(process.argv.slice(2), process, { runPlan, loadCapabilities, inspectMachine })
