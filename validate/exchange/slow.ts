/**
 * Connections that send a byte a second, half of them of the headers and half of the body: `node slow.ts PORT COUNT`. Prints how
 * many were opened as soon as they are, and goes on until it is ended.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const [port, count] = process.argv.slice(2).map(Number) as [number, number]
/** More at once than a listener's queue has room for would only wait for each other. */
const AT_ONCE = 100

const LINE = 'POST /ingest?name=shop HTTP/1.1\r\n'
const HEADERS = `${LINE}host: 127.0.0.1\r\ncontent-length: 1000\r\n\r\n`

const open = new Set<Socket>()
let opened = 0
setInterval(() => {
  for (const socket of open) socket.write('x')
}, 1_000)

while (opened < count) {
  const batch = Array.from({ length: Math.min(AT_ONCE, count - opened) }, async (_, at) => {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    socket.once('close', () => open.delete(socket))
    await once(socket, 'connect')
    open.add(socket)
    socket.write(at % 2 === 0 ? LINE : HEADERS)
  })
  await Promise.all(batch)
  opened += batch.length
}
console.log(opened)
