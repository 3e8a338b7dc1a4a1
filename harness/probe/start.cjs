/**
 * `node --import flamegate/probe/start server.js`: the probe, without touching the code. Options come from variables such as
 * `FLAMEGATE_PROBE_SERVICE` and `FLAMEGATE_PROBE_STORE_FOLDER`.
 */
const { probe } = require('./index.cjs')
const { optionsFrom } = require('./variables.cjs')

probe(optionsFrom(process.env))
