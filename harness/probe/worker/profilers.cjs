/** Profilers of the service's thread, as the probe's thread uses them: through the inspector, or by asking that thread. */
const inspector = require('node:inspector')
const { Titles } = require('../titles.cjs')

/** Bytes between two samples of allocation, on average: V8’s own. */
const ALLOCATION_INTERVAL = 32_768

/** Reaches the main thread even while its JavaScript runs: V8 carries out messages at the next check for interrupts. */
function mainProfiler() {
  const session = new inspector.Session()
  session.connectToMainThread()
  const post = (method, params) =>
    new Promise((resolve, reject) => {
      session.post(method, params, (error, result) => {
        if (error) reject(new Error(`${method}: ${error.message}`))
        else resolve(result)
      })
    })
  const titles = new Titles(session, post)
  return {
    enable: interval => titles.enable(interval),
    begin: title => titles.begin(title),
    end: title => titles.end(title),
    /** @param collected whether what has been freed meanwhile counts too; @returns V8’s sampled allocations of the next ms */
    async allocation(duration, collected) {
      await post('HeapProfiler.startSampling', {
        samplingInterval: ALLOCATION_INTERVAL,
        includeObjectsCollectedByMajorGC: collected,
        includeObjectsCollectedByMinorGC: collected,
      })
      await new Promise(resolve => setTimeout(resolve, duration))
      return (await post('HeapProfiler.stopSampling')).profile
    },
    disconnect: () => session.disconnect(),
  }
}

/** @param port to a thread that is not the main one */
function parentProfiler(port) {
  const asked = new Map()
  let asks = 0
  const ask = message =>
    new Promise((resolve, reject) => {
      asked.set(++asks, { resolve, reject })
      port.postMessage({ type: 'profiler', id: asks, ...message })
    })
  return {
    enable: interval => ask({ action: 'enable', interval }),
    begin: title => ask({ action: 'begin', title }),
    end: title => ask({ action: 'end', title }),
    allocation: () => Promise.reject(new Error('allocation is only sampled in the main thread')),
    disconnect() {},
    answered({ id, error, profile }) {
      const { resolve, reject } = asked.get(id)
      asked.delete(id)
      if (error === undefined) resolve(profile)
      else reject(new Error(error))
    },
  }
}

module.exports = { mainProfiler, parentProfiler }
