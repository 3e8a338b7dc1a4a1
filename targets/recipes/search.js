/** A search for products. Who searches for nothing has the whole catalogue sorted; `FIXED=1` sorts it once. */
import { createServer } from 'node:http'

const isFixed = process.env.FIXED === '1'
const WORDS = ['lamp', 'chair', 'kettle', 'shelf', 'clock', 'mirror', 'carpet', 'drawer']

const catalogue = Array.from({ length: 120_000 }, (_, at) => ({
  id: at,
  name: `${WORDS[(at * 5) % WORDS.length]} ${(at * 7_919) % 120_011}`,
}))
const byWord = Map.groupBy(catalogue, ({ name }) => name.split(' ')[0])

function byName(a, b) {
  return a.name.localeCompare(b.name)
}

const sortCatalogue = () => catalogue.toSorted(byName)
const sorted = sortCatalogue()

function search(text) {
  if (text === '') return isFixed ? sorted : sortCatalogue()
  return byWord.get(text) ?? []
}

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url, 'http://search')
  const found = search(searchParams.get('q') ?? '').slice(0, 20)
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(found))
})
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
