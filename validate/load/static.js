/** The fastest possible server in Node: two workers answer any input with the same bytes, unread. */
import cluster from 'node:cluster'
import { createServer } from 'node:net'

const ANSWER = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')

if (cluster.isPrimary) {
  cluster.fork()
  cluster.fork()
} else {
  createServer(socket => {
    socket.on('data', () => socket.write(ANSWER))
    socket.on('error', () => {})
  }).listen(Number(process.env.PORT ?? 0), '127.0.0.1')
}
