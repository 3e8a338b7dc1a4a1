/** Three ways to write the same bytes. Each returns a function per payload, ready before the first request. */
import fastJson from 'fast-json-stringify'
import safeStringify from 'safe-stable-stringify'
import { schemas } from './schemas.js'

const routes = Object.keys(schemas)
const everyRoute = serializerFor => Object.fromEntries(routes.map(route => [route, serializerFor(route)]))

// A stable order would sort the keys: more work, and other bytes.
const safe = safeStringify.configure({ deterministic: false })

export const serializers = {
  json: () => everyRoute(() => value => JSON.stringify(value)),
  fast: () => everyRoute(route => fastJson(schemas[route])),
  safe: () => everyRoute(() => value => safe(value)),
}
