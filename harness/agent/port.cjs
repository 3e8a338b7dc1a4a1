/** Moves a service from the port in its source to the one it is given, so that several can run side by side. */
const net = require('node:net')

/** @param from port that it asks for; `to`: port that it gets instead */
function movePort(from, to) {
  const { listen } = net.Server.prototype
  net.Server.prototype.listen = function (...args) {
    return listen.apply(this, moved(args, from, to))
  }
}

/** As in `listen(port)`, `listen({ port })`, and the sorted arguments that Node's own modules pass on. */
function moved([first, ...rest], from, to) {
  if (Array.isArray(first) && isAt(first[0]?.port, from)) {
    first[0] = { ...first[0], port: to }
    return [first, ...rest]
  }
  if (typeof first === 'object' && first !== null && isAt(first.port, from))
    return [{ ...first, port: to }, ...rest]
  return isAt(first, from) ? [to, ...rest] : [first, ...rest]
}

/** A port can be text. */
const isAt = (port, from) => (typeof port === 'number' || typeof port === 'string') && Number(port) === from

module.exports = { movePort }
