/** A service on another machine that answers after the ms in DELAY, at the address in HOST. Prints its port. */
import { createServer } from 'node:http'

const { HOST, DELAY } = process.env

const server = createServer((_, response) => setTimeout(() => response.end('Hello'), Number(DELAY)))
server.listen(0, HOST, () => console.log(server.address().port))
