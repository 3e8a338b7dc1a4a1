/** Profiles a thread that is not the main one from inside: no inspector of another thread reaches it. */
const { Session } = require('node:inspector')
const { Titles } = require('./titles.cjs')

/** @param send to the probe's own thread */
function ownProfiler(send) {
  let session
  let titles
  const begin = interval => {
    session = new Session()
    session.connect()
    const post = (method, params) =>
      new Promise((resolve, reject) => {
        session.post(method, params, (error, result) => (error ? reject(error) : resolve(result)))
      })
    titles = new Titles(session, post)
    return titles.enable(interval)
  }
  return {
    async carryOut({ id, action, title, interval }) {
      try {
        if (action === 'enable') await begin(interval)
        if (action === 'begin') await titles.begin(title)
        const profile = action === 'end' ? await titles.end(title) : undefined
        send({ type: 'profiled', id, profile })
      } catch (error) {
        send({ type: 'profiled', id, error: error.message })
      }
    },
    end() {
      session?.disconnect()
      session = undefined
    },
  }
}

module.exports = { ownProfiler }
