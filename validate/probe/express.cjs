/** A service of express with what `carried.cjs` says: an order as JSON. Express needs no adapter. */
const express = require('express')
require('./carried.cjs')

const app = express()

const lines = Array.from({ length: 12 }, (_, at) => ({
  article: `article ${at}`,
  count: at % 3,
  price: at * 2.5,
}))

app.get('/orders/:id', (request, response) => {
  const total = lines.reduce((sum, { count, price }) => sum + count * price, 0)
  response.json({ id: request.params.id, total, lines })
})
const server = app.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(server.address().port),
)
process.on('SIGTERM', () => process.exit(0))
