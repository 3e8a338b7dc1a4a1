/** What a service carries: the probe with the options in PROBE; or another agent with its defaults, whose module is AGENT, and which sends to AGENT_SERVER. */
const { AGENT, AGENT_SERVER, PROBE } = process.env

if (AGENT) {
  const agent = require(AGENT)
  agent.init({ appName: 'shop', serverAddress: AGENT_SERVER })
  agent.start()
}

if (PROBE) require('../../harness/probe/index.cjs').probe(JSON.parse(PROBE))
