'use strict'
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
// forty lines of notes
const http = require('node:http')
const { fib } = require('./lib/math.cjs')
const order = list => list.map(item => item.k % 7).sort((a, b) => a - b)
function serialize(list) {
  return list.map(item => JSON.stringify(item)).join('\n')
}
function escapeText(text) {
  let out = ''
  for (const letter of text) out += letter === '<' ? '&lt;' : letter
  return out
}
class Page {
  render(i) {
    return escapeText(`<p>${i}</p>`.repeat(40))
  }
}
class Feed {
  render(i) {
    const rows = Array.from({ length: 60 }, (_, k) => ({ k, name: `row ${k}`, at: i }))
    return serialize(rows) + order(rows).length
  }
}
const page = new Page()
const feed = new Feed()
const server = http.createServer((request, response) => {
  response.end(page.render(1) + feed.render(2) + fib(12))
})
server.listen(0, async () => {
  const url = `http://127.0.0.1:${server.address().port}/`
  const agent = new http.Agent({ keepAlive: true })
  const ask = () => new Promise(done => http.get(url, { agent }, answer => answer.resume().on('end', done)))
  for (let i = 0; i < Number(process.env.REQUESTS ?? 1500); i++) await ask()
  agent.destroy()
  server.close()
})
