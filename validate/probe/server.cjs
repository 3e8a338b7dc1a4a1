/**
 * A service with what `carried.cjs` says.
 *
 * `/slow`: calls `slowPath`, which takes 80 ms
 * `/stuck/loop`, `/stuck/regex`, `/stuck/json`, `/stuck/sync`: blocks the loop for three seconds
 */
const { execFileSync } = require('node:child_process')
const { createServer } = require('node:http')

require('./carried.cjs')

const STUCK = 3_000

const words = Array.from({ length: 64 }, (_, at) => ({ name: `word ${at * 7}`, at }))

function ownWork(times) {
  let sum = 0
  for (let i = 0; i < times; i++) {
    const { name, at } = words[i & 63]
    sum = Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d) + name.length * at
  }
  return sum
}

function slowPath() {
  const end = performance.now() + 80
  let sum = 0
  while (performance.now() < end) sum += Math.sqrt(sum + 1)
  return sum
}

function stuckInJavaScript(end) {
  let sum = 0
  while (performance.now() < end) sum += Math.sqrt(sum + 1)
  return sum
}

function stuckInRegex(end) {
  while (performance.now() < end) /^(a+)+$/.test(`${'a'.repeat(22)}b`)
}

function stuckInJson(end) {
  const text = JSON.stringify(Array.from({ length: 1_000_000 }, (_, at) => ({ at })))
  while (performance.now() < end) JSON.parse(text)
}

function stuckInSync() {
  execFileSync(process.execPath, ['-e', `setTimeout(() => {}, ${STUCK})`])
}

const WAYS = { loop: stuckInJavaScript, regex: stuckInRegex, json: stuckInJson, sync: stuckInSync }

const server = createServer((request, response) => {
  const [, word, way] = request.url.split('/')
  if (word === 'stuck') WAYS[way](performance.now() + STUCK)
  if (word === 'slow') slowPath()
  const sum = ownWork(2_000)
  response.end(JSON.stringify({ sum: sum > 1 }))
})
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(server.address().port))
process.on('SIGTERM', () => process.exit(0))
