import { expect, test } from 'vitest'
import { portOf } from '../../../harness/cli/init/port.ts'

const found = (...texts: string[]) => portOf(texts.map((text, at) => ({ path: `${at}.js`, text })))

test.each([
  ['app.listen(3000)', 3000],
  ["server.listen(8080, '127.0.0.1', () => {})", 8080],
  ["await app.listen({ host: '0.0.0.0', port: 4000 })", 4000],
  ['serve({ fetch: app.fetch, port: 5000 })', 5000],
  ['const port = 3001\napp.listen(port)', 3001],
  ['const PORT = 3002; app.listen(PORT)', 3002],
  ['// app.listen(80)\napp.listen(3000)', 3000],
])('%j listens on %i', (text, port) => {
  expect(found(text).port).toBe(port)
})

test.each([
  ['app.listen(process.env.PORT || 3000)'],
  ["app.listen(process.env['PORT'] ?? 3000)"],
  ['const { PORT = 3000 } = process.env\napp.listen(PORT)'],
])('%j reads the variable', text => {
  expect(found(text, 'metrics.listen(9090)')).toEqual({ mentionsPort: true })
})

test('several ports are none, because nothing says which one is meant', () => {
  expect(found('app.listen(3000)', 'metrics.listen(9090)').port).toBeUndefined()
})

test('the same port in several files is one', () => {
  expect(found('app.listen(3000)', 'const port = 3000').port).toBe(3000)
})
