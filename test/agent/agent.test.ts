import { once } from 'node:events'
import { statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, describe, expect, it } from 'vitest'
import { AgentServer } from '../../harness/measure/driver/agent/server.ts'
import { folderWith } from '../plan/world.ts'
import { AGENT, connected, targetWithAgent } from './target.ts'

let stop: () => Promise<void> = async () => {}
afterEach(() => stop())

describe('the agent', () => {
  it('reads counters that only grow', async () => {
    const target = await targetWithAgent()
    stop = target.stop
    const agent = await connected(target.server)
    const before = await agent.read()
    const after = await agent.read(true)
    expect(agent.versions.node).toBe(process.versions.node)
    expect(after.allocated).toBeGreaterThan(before.allocated ?? Number.NaN)
    expect(before).toMatchObject({ codeSize: null, resident: null })
    expect(after.codeSize).toBeGreaterThan(0)
    expect(after.loopActive).toBeGreaterThan(before.loopActive!)
    expect(after.cpu).toBeGreaterThanOrEqual(before.cpu!)
    expect(after.resident).toBeGreaterThan(10 * 2 ** 20)
  })

  it('carries out profiling commands and no others', async () => {
    const target = await targetWithAgent()
    stop = target.stop
    const agent = await connected(target.server)
    await agent.post('Profiler.enable')
    await agent.post('Profiler.start')
    expect(await agent.post('Profiler.stop')).toHaveProperty('profile.nodes')
    await expect(agent.post('Runtime.evaluate', { expression: '1' })).rejects.toThrow(
      /not among the agent's commands/,
    )
  })

  it('leaves the main file to hooks into `require`', async () => {
    const folder = await folderWith({
      'package.json': '{}',
      'hook.cjs':
        "require.extensions['.shop'] = (module, path) => module._compile('process.exitCode = 7', path)",
      'main.shop': 'no JavaScript',
    })
    const target = await targetWithAgent({
      args: ['-r', join(folder, 'hook.cjs'), join(folder, 'main.shop')],
    })
    stop = target.stop
    expect(await target.child).toMatchObject({ exitCode: 7 })
  })

  it('keeps nothing alive', async () => {
    const target = await targetWithAgent({ args: ['-e', 'setTimeout(() => {}, 50)'] })
    stop = target.stop
    expect(await target.child).toMatchObject({ exitCode: 0 })
  })

  it('ends the target when the harness has ended, as the lab asks', async () => {
    const target = await targetWithAgent({ onClose: 'end' })
    stop = target.stop
    const agent = await connected(target.server)
    const ended = once(target.child.nodeChildProcess, 'exit')
    agent.disconnect()
    await ended
  })

  it('leaves the target alone when its socket closes, and ends what it had started', async () => {
    const target = await targetWithAgent()
    stop = target.stop
    const [port] = await once(target.child.stdout, 'data')
    const agent = await connected(target.server)
    await agent.post('Profiler.enable')
    await agent.post('Profiler.start')
    await agent.pauses(true)
    await agent.turns(5)
    agent.disconnect()
    const url = `http://127.0.0.1:${String(port).trim()}/`
    // Longer than the grace of a target that must end.
    const until = performance.now() + 1_500
    while (performance.now() < until) expect((await fetch(url)).status).toBe(200)
    expect(target.child.nodeChildProcess.exitCode).toBeNull()
  })

  it('does not disturb a target when nobody listens', async () => {
    const result = await execa(process.execPath, ['-e', 'console.log("works")'], {
      env: {
        NODE_OPTIONS: `--require=${JSON.stringify(AGENT)}`,
        FLAMEGATE_AGENT_SOCKET: '/nowhere/agent.sock',
        FLAMEGATE_AGENT_TOKEN: 'x',
      },
    })
    expect(result).toMatchObject({ exitCode: 0, stdout: 'works' })
  })
})

describe("the agents' socket", () => {
  it('is readable for nobody else', async () => {
    const server = await AgentServer.listen(await folderWith({}))
    stop = async () => server.close()
    expect(statSync(server.path).mode & 0o777).toBe(0o600)
  })

  it('takes the place of one that a killed driver has left', async () => {
    const folder = await folderWith({ 'agent.sock': '' })
    const server = await AgentServer.listen(folder)
    stop = async () => server.close()
    expect(statSync(server.path).isSocket()).toBe(true)
  })

  it.each(['{"token":"wrong"}', 'not json', '[]', '42'])('turns away %s', async hello => {
    const server = await AgentServer.listen(await folderWith({}))
    stop = async () => server.close()
    server.expect('secret')
    const socket = connect(server.path)
    socket.on('error', () => {})
    socket.write(`${hello}\n`)
    socket.resume()
    await once(socket, 'close')
    expect(server.of('secret')).toEqual([])
  })
})
