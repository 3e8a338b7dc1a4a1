/** Remembers what its visitors looked at, and forgets nobody; `FIXED=1` remembers the last 100. */
import { createServer } from 'node:http'

const MOST = process.env.FIXED === '1' ? 100 : Number.POSITIVE_INFINITY
const PAGES = Array.from({ length: 60 }, (_, at) => `/lamps/${at}`)

const visitors = new Map()
let count = 0

class Visit {
  constructor(page, at) {
    this.page = page
    this.at = at
    this.tags = [page, at]
  }
}

function rememberVisitor() {
  const visits = []
  for (const page of PAGES) visits.push(new Visit(page, count))
  visitors.set(count++, visits)
  if (visitors.size > MOST) visitors.delete(visitors.keys().next().value)
  return visits
}

const server = createServer((_, response) => {
  const pages = rememberVisitor().map(({ page }) => page)
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(pages))
})
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
