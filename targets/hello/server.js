/** The smallest service: one greeting, put together in one of two ways that differ in what they allocate. */
import { createServer } from 'node:http'

const NAMES = ['Ada', 'Grace', 'Barbara', 'Radia', 'Frances']

const GREETERS = {
  template: () => NAMES.map(name => `Hello, ${name}!`).join('\n'),
  concat: () => {
    let text = ''
    for (const name of NAMES) text += `${text && '\n'}Hello, ${name}!`
    return text
  },
}

const greet = GREETERS[process.env.GREETER ?? 'template']
if (!greet) throw new Error(`GREETER is one of ${Object.keys(GREETERS).join(', ')}`)

const server = createServer((_request, response) => {
  response.setHeader('content-type', 'text/plain; charset=utf-8')
  response.end(greet())
})

server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1')

process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeAllConnections()
})
