/** A real gRPC server, with the messages that its clients send. */
import { expect, it } from 'vitest'
import { grpc } from '../../harness/scenario/write.ts'
import { folderWith } from '../plan/world.ts'
import { flamegate, printed } from './flamegate.ts'

/** Messages are bytes: what is in them matters to nobody here, except that the service gets what was in the file. */
const SERVICE = `import grpc from ${JSON.stringify(import.meta.resolve('@grpc/grpc-js'))}
const bytes = value => value
const method = name => ({
  path: '/shop.Orders/' + name, requestStream: false, responseStream: false,
  requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes,
})
const work = Number(process.env.WORK ?? 0)
const server = new grpc.Server()
server.addService({ list: method('List') }, {
  list(call, answer) {
    let sum = 0
    for (let i = 0; i < work; i++) sum += Math.sqrt(i) % 1
    if (call.request.toString() !== 'the orders') return answer({ code: grpc.status.INVALID_ARGUMENT, details: 'which orders?' })
    answer(null, Buffer.from('17, 18' + (sum < 0 ? '!' : '')))
  },
})
server.bindAsync('127.0.0.1:' + process.env.PORT, grpc.ServerCredentials.createInsecure(), () => {})
`

const project = (message: string) =>
  folderWith({
    'service.js': SERVICE,
    'list.bin': message,
    'demo.js': `export default {
  target: { name: 'service', command: ['node', 'service.js'], directory: import.meta.dirname },
  variants: { plain: {}, slow: { environment: { WORK: '60000' } } },
  load: { steps: [${JSON.stringify(grpc('/shop.Orders/List', 'list.bin'))}], protocol: 'http/2', connections: 2 },
  warmup: { requests: 400, timeout: 1_000 },
  collectors: [],
}
`,
  })

it('answers calls, and is measured', async () => {
  const run = await flamegate(['demo.js', '--rounds', '2', '--json'], {
    directory: await project('the orders'),
  })
  expect(run).toMatchObject({ stderr: '', left: [] })
  const { comparisons } = printed(run)
  const found = (id: string) => comparisons.find(({ metric }) => metric === id)!
  expect(found('cpu.perRequest').change!.estimate).toBeGreaterThan(0.3)
  expect(found('errors')).toMatchObject({ before: 0, after: 0 })
})

it('refuses a call, and that is told with its status and message', async () => {
  const run = await flamegate(['demo.js', '--rounds', '1', '--quick'], { directory: await project('17') })
  expect(run).toMatchObject({ exitCode: 3, left: [] })
  expect(run.stderr).toMatch(/gRPC status 3 \(which orders\?\)/)
})
