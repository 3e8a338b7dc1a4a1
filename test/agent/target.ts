import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { type Agent, AgentServer } from '../../harness/measure/driver/agent/server.ts'
import type { Occasion } from '../../harness/model/capabilities.ts'

export const AGENT = fileURLToPath(new URL('../../harness/agent/agent.cjs', import.meta.url))
const SERVER = fileURLToPath(new URL('../fixtures/server.js', import.meta.url))

/** A real process with the agent preloaded, the server that it talks to, and the way to end both. */
export async function targetWithAgent({
  args = [SERVER],
  token = 'secret',
  node = process.execPath,
  onClose = '',
} = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'flamegate-test-'))
  const server = await AgentServer.listen(folder)
  server.expect('secret')
  const child = execa(node, args, {
    env: {
      NODE_OPTIONS: `--require=${JSON.stringify(AGENT)}`,
      FLAMEGATE_AGENT_SOCKET: server.path,
      FLAMEGATE_AGENT_TOKEN: token,
      FLAMEGATE_AGENT_ON_CLOSE: onClose,
    },
    buffer: false,
    reject: false,
  })
  return {
    server,
    child,
    stop: async () => {
      child.kill('SIGKILL')
      await child
      server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Where a collector runs, in tests that start no helper. */
export const occasionIn = (folder: string): Occasion => ({
  variant: 'a',
  round: 1,
  folder,
  helper: () => Promise.reject(new Error('no helper in this test')),
})

/** The agent, once it has said hello. */
export async function connected(server: AgentServer): Promise<Agent> {
  for (;;) {
    const [agent] = server.of('secret')
    if (agent) return agent
    await new Promise(resolve => setImmediate(resolve))
  }
}
