import { describe, expect, test } from 'vitest'
import { ROUTE, routeNumbers, routeOf } from '../../harness/probe/routes.cjs'

const named = (request: object) => routeOf({ method: 'GET', ...request })

describe('the name of a route', () => {
  test.each([
    ['/', 'GET /'],
    ['/?q=ada', 'GET /'],
    ['/orders', 'GET /orders'],
    ['/orders?user=ada', 'GET /orders'],
    ['/orders/17', 'GET /orders/…'],
    ['/orders/17?user=ada', 'GET /orders/…'],
    ['/17', 'GET /…'],
    ['/ada@example.com/orders', 'GET /…/…'],
  ])('of %s has nothing that a user typed: %s', (url, name) => {
    expect(named({ url })).toBe(name)
  })

  test('is the pattern, where the framework says it', () => {
    expect(named({ url: '/users/17', route: { path: '/:id' }, baseUrl: '/users' })).toBe('GET /users/:id')
    expect(named({ url: '/users/17/orders', route: { path: '/orders' }, baseUrl: '/users/17' })).toBe(
      'GET /users/…/orders',
    )
    expect(named({ url: '/a/b', route: { path: /b/ } })).toBe('GET /a/…')
    expect(named({ url: '/users/17', [ROUTE]: '/users/:id' })).toBe('GET /users/:id')
  })
})

test('routes beyond the largest number are one', () => {
  const seen: string[] = []
  const numberOf = routeNumbers((_: number, name: string) => seen.push(name))
  const numbers = Array.from({ length: 1_000 }, (_, at) => numberOf(`GET /${at}`))
  expect(new Set(numbers).size).toBe(128)
  expect(numberOf('GET /3')).toBe(3)
  expect(seen).toHaveLength(127)
})
