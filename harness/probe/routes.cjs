/** Names of routes. No name may contain what a user typed, and there may not be more of them than fit into the table. */
const { OTHERS } = require('./table.cjs')

/** Where an adapter of a framework leaves the pattern of the route. */
const ROUTE = Symbol.for('flamegate.route')

const LONGEST = 100

/** Express leaves it on the request, unless the route is a regular expression or a list. Where its router is mounted is part of the URL. */
const patternOfExpress = ({ route, baseUrl }) => {
  if (typeof route?.path !== 'string') return undefined
  return baseUrl ? named(startOf(baseUrl)) + route.path : route.path
}

const [SLASH, QUESTION, HASH, DASH, UNDERSCORE] = [...'/?#-_'].map(sign => sign.charCodeAt(0))
const isLetter = code => (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
const isEnd = code => code === QUESTION || code === HASH
const LONGEST_PART = 30

/**
 * The first part of the path, with a slash behind it if others follow. What follows can be a name or a number of somebody, and so can the
 * first part, unless it is a word.
 */
function startOf(url = '/') {
  let end = 1
  let isWord = url.charCodeAt(0) === SLASH
  for (; end < url.length; end++) {
    const code = url.charCodeAt(end)
    if (code === SLASH || isEnd(code)) break
    isWord &&= isLetter(code) || (end > 1 && (code === DASH || code === UNDERSCORE))
  }
  const goesOn =
    url.charCodeAt(end) === SLASH && end + 1 < url.length && !isEnd(url.charCodeAt(end + 1)) && end > 1
  if (!isWord || end > LONGEST_PART + 1) return goesOn ? '/…/' : '/…'
  return url.slice(0, goesOn ? end + 1 : end)
}

/** The start of a path, with a sign for what follows. */
const named = start => (start.length > 1 && start.endsWith('/') ? `${start}…` : start)

/**
 * Gives each route a number: by method and the framework's pattern or, without one, the beginning of the path. The name, for example
 * `GET /users/:id` or `GET /users/…`, is only made for what has not been seen before.
 *
 * @param added called with number and name of each new route
 * @returns from a request to its number
 */
function routeNumbers(added) {
  let count = 0
  const numbering = nameOf => {
    const methods = new Map()
    const give = (method, route) => {
      if (count === OTHERS) return OTHERS
      if (!methods.has(method)) methods.set(method, new Map())
      methods.get(method).set(route, count)
      added(count, `${method} ${nameOf(route)}`.slice(0, LONGEST))
      return count++
    }
    return (method, route) => methods.get(method)?.get(route) ?? give(method, route)
  }
  const ofPattern = numbering(pattern => pattern)
  const ofStart = numbering(named)
  return request => {
    const pattern = request[ROUTE] ?? patternOfExpress(request)
    return pattern === undefined
      ? ofStart(request.method, startOf(request.url))
      : ofPattern(request.method, pattern)
  }
}

module.exports = { routeNumbers, ROUTE }
