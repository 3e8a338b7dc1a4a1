/** The agents' protocol under attack: whatever a target sends, the driver goes on, and accepts only valid values. */
import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { type Agent, AgentServer, Lines } from '../../harness/measure/driver/agent/server.ts'
import { folderWith } from '../plan/world.ts'

const HELLO = { token: 'secret', pid: 1, threadId: 0, versions: { node: '26.0.0' } }

let server: AgentServer
afterEach(() => server?.close())

/** A connection that has sent these lines; `agent` once it was let in. */
async function sent(...lines: unknown[]) {
  server = await AgentServer.listen(await folderWith({}))
  server.expect('secret')
  const socket = connect(server.path)
  socket.on('error', () => {})
  socket.setEncoding('utf8')
  const closed = new Promise(resolve => socket.once('close', resolve))
  for (const line of lines) socket.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`)
  return { socket, closed }
}

async function admitted(): Promise<{
  agent: Agent
  answer(result: unknown, error?: unknown): Promise<void>
}> {
  const { socket } = await sent(HELLO)
  while (server.of('secret').length === 0) await new Promise(resolve => setImmediate(resolve))
  return {
    agent: server.of('secret')[0]!,
    answer: async (result, error) => {
      const [request] = await once(socket, 'data')
      socket.write(`${JSON.stringify({ id: JSON.parse(String(request)).id, result, error })}\n`)
    },
  }
}

describe('the first message', () => {
  test.each([
    { ...HELLO, pid: 'x' },
    { ...HELLO, versions: 7 },
    { ...HELLO, versions: { node: 7 } },
    { ...HELLO, versions: { node: 'x'.repeat(1_000) } },
    { ...HELLO, token: ['secret'] },
    'x'.repeat(100_000),
    '['.repeat(10_000),
  ])('that are not a greeting are turned away (%#)', async hello => {
    const { socket, closed } = await sent(hello)
    socket.resume()
    await closed
    expect(server.of('secret')).toEqual([])
  })

  test('of any kind never end the driver', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string(), fc.jsonValue()), async hello => {
        const { socket, closed } = await sent(hello)
        socket.resume()
        socket.end()
        await closed
        expect(server.of('secret')).toEqual([])
        server.close()
      }),
      { numRuns: 50 },
    )
  })
})

describe('a reply', () => {
  test.each([
    null,
    7,
    [],
    {},
    { heapUsed: 'x' },
    { ['x'.repeat(101)]: 1 },
    Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`counter${i}`, i])),
  ])('that is not a set of counters is refused (%#)', async result => {
    const { agent, answer } = await admitted()
    const [read] = await Promise.allSettled([agent.read(), answer(result)])
    expect(read).toMatchObject({ status: 'rejected', reason: { message: /no counters/ } })
  })

  test.each([[7], [{ kind: 'x' }], [{ kind: ['a'], duration: [], before: [1], after: [2] }]])(
    '%j is not a list of pauses',
    async result => {
      const { agent, answer } = await admitted()
      const [pauses] = await Promise.allSettled([agent.pauses(false), answer(result)])
      expect(pauses).toMatchObject({ status: 'rejected', reason: { message: /no pauses/ } })
    },
  )

  test.each([[[]], [{ loaded: [1], scripts: [] }], [{ loaded: [], scripts: [{ url: 'a' }] }]])(
    '%j is not a list of scripts',
    async result => {
      const { agent, answer } = await admitted()
      const [scripts] = await Promise.allSettled([agent.scripts([]), answer(result)])
      expect(scripts).toMatchObject({ status: 'rejected', reason: { message: /no list of scripts/ } })
    },
  )

  test('with unknown counters is accepted', async () => {
    const { agent, answer } = await admitted()
    const [read] = await Promise.all([agent.read(), answer({ heapUsed: null, handles: 3 })])
    expect(read).toEqual({ heapUsed: null, handles: 3 })
  })

  test('of any kind settles its question, with values or an error', async () => {
    const { agent, answer } = await admitted()
    const names = ['heapUsed', 'from', 'to', 'kind', 'at', 'loaded', 'scripts', 'toString', 'valueOf']
    const key = fc.constantFrom(...names, '__proto__')
    const hostile = fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue()))
    const questions: Record<string, () => Promise<unknown>> = {
      read: () => agent.read(),
      loopDelay: () => agent.loopDelay('off'),
      turns: () => agent.turns(0),
      pauses: () => agent.pauses(false),
      scripts: () => agent.scripts([]),
    }
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(questions)),
        hostile,
        fc.option(hostile, { nil: undefined }),
        async (question, result, error) => {
          const [asked] = await Promise.allSettled([questions[question]!(), answer(result, error)])
          if (asked.status === 'rejected') expect(asked.reason.message.length).toBeLessThan(2_000)
          else expect(asked.value).toEqual(expect.any(Object))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('to no command is ignored', async () => {
    const { socket } = await sent(HELLO, { id: 99, result: {} }, { id: 'x' }, { result: 1 })
    while (server.of('secret').length === 0) await new Promise(resolve => setImmediate(resolve))
    expect(socket.destroyed).toBe(false)
    socket.destroy()
  })
})

test('lines are the same, however the text is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), pieces => {
      const lines = new Lines()
      const read = pieces.flatMap(piece => lines.push(piece, 1_000_000)!)
      expect(read).toEqual(pieces.join('').split('\n').slice(0, -1))
    }),
  )
  expect(new Lines().push('x'.repeat(11), 10)).toBeUndefined()
  expect(new Lines().push(`${'x'.repeat(11)}\n`, 10)).toBeUndefined()
})
