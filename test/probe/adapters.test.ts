/** Each adapter in its real framework: the route is the pattern, and never what somebody has asked for. */
import { expect, it, onTestFinished } from 'vitest'
import { FRAMEWORK, ProbedService } from './service.ts'

it.each(['express', 'fastify', 'koa', 'hono'])('%s', async framework => {
  const service = new ProbedService(
    { continuous: { window: '300ms' } },
    { args: [FRAMEWORK], env: { FRAMEWORK: framework } },
  )
  onTestFinished(async () => void (await service.end()))
  await service.started()
  let asked = 0
  await expect
    .poll(
      async () => {
        const statuses = [`/shop/users/${asked++}`, `/${asked}/secret`].map(
          async path => (await service.get(path)).status,
        )
        expect(await Promise.all(statuses)).toEqual([200, 404])
        return routesOf(service)
      },
      { interval: 20 },
    )
    .toEqual(expect.arrayContaining(['GET /shop/users/:id']))
  expect(routesOf(service).filter(route => /users|secret|\d/.test(route))).toEqual(['GET /shop/users/:id'])
  expect(service.stderr).toBe('')
})

const routesOf = (service: ProbedService): string[] => [
  ...new Set(
    service.kept().flatMap(({ window }) => (window.routes as { route: string }[]).map(({ route }) => route)),
  ),
]
