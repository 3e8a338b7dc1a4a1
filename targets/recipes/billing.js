/** An invoice, made by code that nobody has touched for years. The fix is one line of `renderRows`, which the recipe changes. */
import { createServer } from 'node:http'

const ORDER = {
  number: 4711,
  customer: 'Ada & Sons <accounts>',
  lines: Array.from({ length: 1_500 }, (_, at) => ({
    name: `Part no. ${at}`,
    amount: 1 + ((at * 7) % 11),
    price: 100 + ((at * 131) % 997),
  })),
}

const SIGNS = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

function escapeHtml(text) {
  return text.replaceAll(/[&<>]/g, sign => SIGNS[sign])
}

function money(cents) {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
}

function subtotalOf(lines, last) {
  let cents = 0
  for (let at = 0; at <= last; at++) cents += lines[at].amount * lines[at].price
  return cents
}

function renderRows(lines) {
  const rows = []
  let subtotal = 0
  for (const [at, { name, amount, price }] of lines.entries()) {
    subtotal = subtotalOf(lines, at)
    const cells = [escapeHtml(name), amount, money(price), money(subtotal)]
    rows.push(`<tr>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`)
  }
  return rows.join('\n')
}

function renderInvoice({ number, customer, lines }) {
  const head = `<h1>Invoice ${number}</h1><p>${escapeHtml(customer)}</p>`
  const total = money(subtotalOf(lines, lines.length - 1))
  return `${head}<table>${renderRows(lines)}</table><p>Total: ${total}</p>`
}

const server = createServer((request, response) => {
  if (request.url !== '/invoice') return response.writeHead(404).end()
  response.writeHead(200, { 'content-type': 'text/html' })
  response.end(renderInvoice(ORDER))
})
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
