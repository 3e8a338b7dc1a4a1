import { describe, expect, test } from 'vitest'
import { ROUTE, routeNumbers } from '../../harness/probe/routes.cjs'

function named(request: object) {
  const names: string[] = []
  const numberOf = routeNumbers((_: number, name: string) => names.push(name))
  numberOf({ method: 'GET', ...request })
  return names.at(-1)
}

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
    ['/orders/', 'GET /orders'],
    ['/orders/?user=ada', 'GET /orders'],
    ['/orders#17', 'GET /orders'],
    ['//17', 'GET /'],
    [`/${'a'.repeat(31)}`, 'GET /…'],
    ['/-17', 'GET /…'],
    ['*', 'GET /…'],
    ['http://ada@shop/orders', 'GET /…/…'],
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

test('the same route has one number, another method or pattern another', () => {
  const seen: string[] = []
  const numberOf = routeNumbers((_: number, name: string) => seen.push(name))
  const request = (method: string, url: string) => numberOf({ method, url })
  expect(request('GET', '/orders/17')).toBe(request('GET', '/orders/18?user=ada'))
  expect(request('POST', '/orders/17')).not.toBe(request('GET', '/orders/17'))
  expect(numberOf({ method: 'GET', url: '/orders/17', [ROUTE]: '/orders/' })).toBe(2)
  expect(seen).toEqual(['GET /orders/…', 'POST /orders/…', 'GET /orders/'])
})

test('routes beyond the largest number are one', () => {
  const seen: string[] = []
  const numberOf = routeNumbers((_: number, name: string) => seen.push(name))
  const numbers = Array.from({ length: 1_000 }, (_, at) => numberOf({ method: 'GET', [ROUTE]: `/${at}` }))
  expect(new Set(numbers).size).toBe(128)
  expect(numberOf({ method: 'GET', [ROUTE]: '/3' })).toBe(3)
  expect(seen).toHaveLength(127)
})
