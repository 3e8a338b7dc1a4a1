import { expect, test } from 'vitest'
import { withService } from '../../../validate/live/service.ts'

test('the service answers during the work, and is gone afterwards', async () => {
  let at = ''
  const body = await withService(0.05, async url => {
    at = url
    return await (await fetch(`${url}/orders`)).json()
  })
  expect(body).toMatchObject({ lines: 32 })
  await expect(fetch(at)).rejects.toThrow()
})

test('the service is gone when the work fails', async () => {
  let at = ''
  const failing = withService(0, url => {
    at = url
    return Promise.reject(new Error('no luck'))
  })
  await expect(failing).rejects.toThrow('no luck')
  await expect(fetch(at)).rejects.toThrow()
})

test('reports a service that does not start', async () => {
  await expect(withService(-1, async () => {})).rejects.toThrow('The service ended before it was ready.')
})
