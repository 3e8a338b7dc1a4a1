/** Files of a place for profiles, and of an agent that sends them there: `init --stack pyroscope` or `--stack flamegate`. */
import type { File } from './files.ts'

export const STACKS = ['pyroscope', 'flamegate'] as const
export type Stack = (typeof STACKS)[number]

/** What the written files load. */
const [AGENT, PROBE] = ['@pyroscope/nodejs', 'flamegate/probe']

/** Pyroscope's port, which `serve` has too. */
const ADDRESS = 'http://127.0.0.1:4040'

/** @param name of the service */
export const stackFiles = (stack: Stack, name: string): File[] => [
  { path: 'profiling/compose.yml', content: COMPOSE[stack] },
  {
    path: stack === 'pyroscope' ? 'profiling/agent.cjs' : 'profiling/probe.cjs',
    content: AGENTS[stack](name),
  },
]

const COMPOSE: Record<Stack, string> = {
  pyroscope: `# Grafana Pyroscope, for this machine only. It is ready once ${ADDRESS}/ready says so.
# The image runs as the user 10001, to whom the volumes belong.
services:
  pyroscope:
    image: grafana/pyroscope:2.2.1
    ports:
      - 127.0.0.1:4040:4040
    volumes:
      - pyroscope-data:/data
      - pyroscope-metastore:/data-metastore
      - pyroscope-compactor:/data-compactor
    restart: unless-stopped
volumes:
  pyroscope-data:
  pyroscope-metastore:
  pyroscope-compactor:
`,
  flamegate: `# \`flamegate serve\` in a container, for this machine only. Without one: npx flamegate serve
# Inside, it listens on all addresses, so it wants a token: FLAMEGATE_SERVE_TOKEN=… docker compose up
services:
  flamegate:
    image: node:24-slim
    working_dir: /srv
    command: npx --yes flamegate serve --host 0.0.0.0 --folder /data
    environment:
      FLAMEGATE_SERVE_TOKEN: \${FLAMEGATE_SERVE_TOKEN:?set a token}
    ports:
      - 127.0.0.1:4040:4040
    volumes:
      - flamegate-data:/data
    restart: unless-stopped
volumes:
  flamegate-data:
`,
}

/** Source text of a string. */
const text = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

const AGENTS: Record<Stack, (name: string) => string> = {
  pyroscope:
    name => `// Starts the agent before the service: npm install @pyroscope/nodejs, then node --require ./profiling/agent.cjs server.js
const Pyroscope = require(${text(AGENT)})

Pyroscope.init({
  serverAddress: process.env.PYROSCOPE_SERVER_ADDRESS ?? '${ADDRESS}',
  appName: ${text(name)},
  // It tells two flames apart.
  tags: { version: process.env.GIT_SHA ?? 'unknown' },
  // Without it, only time as such is counted, waiting too.
  wall: { collectCpuTime: true },
})
Pyroscope.start()
`,
  flamegate: name => `// Starts the probe before the service: node --require ./profiling/probe.cjs server.js
const { probe } = require(${text(PROBE)})

probe({
  service: ${text(name)},
  version: process.env.GIT_SHA ?? 'unknown',
  send: { url: process.env.FLAMEGATE_SERVER ?? '${ADDRESS}', token: process.env.FLAMEGATE_SERVE_TOKEN },
})
`,
}

/** How to go on. */
export const stackSteps = (stack: Stack): string =>
  stack === 'pyroscope'
    ? `
1. docker compose --file profiling/compose.yml up --detach
2. npm install @pyroscope/nodejs
3. GIT_SHA=$(git rev-parse --short HEAD) node --require ./profiling/agent.cjs <your service>
4. After the next deployment: npx flamegate diff 'pyroscope:${ADDRESS}/{service_name="…",version="…"}' 'pyroscope:…'
`
    : `
1. npx flamegate serve
2. GIT_SHA=$(git rev-parse --short HEAD) node --require ./profiling/probe.cjs <your service>
3. Open ${ADDRESS}, and compare two versions after the next deployment.
`
