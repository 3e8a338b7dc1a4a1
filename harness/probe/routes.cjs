/** Names of routes. No name may contain what a user typed, and there may not be more of them than fit into the table. */
const { OTHERS } = require('./table.cjs')

/** Where an adapter of a framework leaves the pattern of the route. */
const ROUTE = Symbol.for('flamegate.route')

const LONGEST = 100

/**
 * `GET /users/:id`, as the framework wrote it. Without one, the first part of the path must do: what follows can be a name or a
 * number of somebody.
 */
function routeOf(request) {
  const pattern = request[ROUTE] ?? patternOfExpress(request) ?? firstPart(request.url)
  return `${request.method} ${pattern}`.slice(0, LONGEST)
}

/** Express leaves it on the request, unless the route is a regular expression or a list. Where its router is mounted is part of the URL. */
const patternOfExpress = ({ route, baseUrl = '' }) =>
  typeof route?.path === 'string' ? (baseUrl === '' ? '' : firstPart(baseUrl)) + route.path : undefined

function firstPart(url = '/') {
  const [, first = '', rest] = url.split(/[/?#]/, 3)
  const name = /^[a-z][a-z_-]{0,30}$/i.test(first) ? first : first === '' ? '' : '…'
  return rest === undefined || rest === '' || url.indexOf('?') === first.length + 1
    ? `/${name}`
    : `/${name}/…`
}

/** Gives each route a number. @param added called for each that has not been seen before */
function routeNumbers(added) {
  const numbers = new Map()
  return name => {
    const known = numbers.get(name)
    if (known !== undefined) return known
    if (numbers.size === OTHERS) return OTHERS
    const number = numbers.size
    numbers.set(name, number)
    added(number, name)
    return number
  }
}

module.exports = { routeOf, routeNumbers, patternOfExpress, ROUTE }
