/**
 * A service on another machine, at the address in HOST. It takes the ms in DELAY for an answer and, with AT_ONCE, works on so many
 * at once. Prints its port.
 */
import { createServer } from 'node:http'

const { HOST, DELAY, AT_ONCE = 'Infinity' } = process.env

const waiting = []
let free = Number(AT_ONCE)

function next() {
  if (free === 0 || waiting.length === 0) return
  free--
  const response = waiting.shift()
  setTimeout(() => {
    free++
    response.end('Hello')
    next()
  }, Number(DELAY))
}

const server = createServer((_, response) => {
  waiting.push(response)
  next()
})
server.listen(0, HOST, () => console.log(server.address().port))
