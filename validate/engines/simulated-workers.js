/** Workers that answer every order at once, without sending anything. Arguments: the gate's address, and how many. */
import { Agent, request } from 'node:http'
import { json } from 'node:stream/consumers'

const [gate, count] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true, maxSockets: Number(count) })

async function work(worker) {
  for (let lane, outcome; ; ) {
    const response = await post({ worker, lane, outcome })
    if (response.statusCode === 410) return response.resume()
    outcome = undefined
    if (response.statusCode !== 200) {
      response.resume()
      continue
    }
    const { order, requests, ...given } = await json(response)
    lane = given.lane
    outcome = { order, took: 1, answers: requests.map(() => ({ took: 0, status: 200, bytes: 100 })) }
  }
}

function post(message) {
  const { promise, resolve, reject } = Promise.withResolvers()
  const body = JSON.stringify(message)
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  request(`${gate}/next`, { method: 'POST', agent, headers }, resolve).on('error', reject).end(body)
  return promise
}

// A gate that has closed already means the same as one that says so.
await Promise.allSettled(Array.from({ length: Number(count) }, (_, at) => work(`simulated ${at + 1}`)))
agent.destroy()
