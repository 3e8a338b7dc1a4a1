/** Our closed loop in a process of its own, as the tools beside it are: loads each address that its parent names. */
import { CONNECTIONS } from '../autocannon.ts'
import { generate } from '../load/generate.ts'

export interface Turn {
  url: string
  path: string
  seconds: number
}

export interface Done {
  requests: number
  errors: number
  /** Requests per second. */
  throughput: number
}

/** Requests of a connection in a second; the first turn finds out. */
let pace = 200

process.on('message', async ({ url, path, seconds }: Turn) => {
  const { requests, errors, wall } = await generate({
    url,
    path,
    connections: CONNECTIONS,
    times: Math.ceil(pace * seconds),
  })
  const throughput = requests / (wall / 1e9)
  pace = throughput / CONNECTIONS
  process.send!({ requests, errors, throughput } satisfies Done)
})
