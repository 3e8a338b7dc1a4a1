/** What a resource of Node waits for, as data: `{ kind, peer? }`. */

/** By the types of async_hooks, which Node documents as open-ended: others count as `unknown`. */
const KINDS = {
  FSREQCALLBACK: 'files',
  FSREQPROMISE: 'files',
  FILEHANDLE: 'files',
  FILEHANDLECLOSEREQ: 'files',
  FSEVENTWRAP: 'files',
  STATWATCHER: 'files',
  GETADDRINFOREQWRAP: 'lookup',
  GETNAMEINFOREQWRAP: 'lookup',
  QUERYWRAP: 'dns',
  TCPCONNECTWRAP: 'connect',
  PIPECONNECTWRAP: 'connect',
  TCPWRAP: 'socket',
  PIPEWRAP: 'socket',
  TLSWRAP: 'socket',
  JSSTREAM: 'socket',
  HTTPCLIENTREQUEST: 'http',
  HTTP2SESSION: 'http',
  HTTP2STREAM: 'http',
  HTTPINCOMINGMESSAGE: 'client',
  WRITEWRAP: 'back-pressure',
  SHUTDOWNWRAP: 'back-pressure',
  ZLIB: 'compression',
  Timeout: 'timer',
  PROCESSWRAP: 'child process',
  WORKER: 'worker',
  MESSAGEPORT: 'worker',
}

/** Types of `node:crypto` that end so run on the thread pool. */
const CRYPTO =
  /^(?:PBKDF2|SCRYPT|RANDOM|HKDF|HASH|SIGN|VERIFY|CIPHER|KEY|DERIVE|CHECKPRIME|ARGON2)\w*(?:REQUEST|JOB)$/

/** Without a wait of their own: they run as soon as the loop gets to them. */
const TICKS = new Set(['PROMISE', 'TickObject', 'Microtask', 'Immediate'])

const kindOf = type => KINDS[type] ?? (CRYPTO.test(type) ? 'crypto' : 'unknown')

/** Work that takes a thread of libuv's pool, besides crypto. Files that are open or watched take none. */
const TASKS = new Set([
  'FSREQCALLBACK',
  'FSREQPROMISE',
  'FILEHANDLECLOSEREQ',
  'GETADDRINFOREQWRAP',
  'GETNAMEINFOREQWRAP',
  'ZLIB',
])

/** The kind of task for the thread pool; undefined for anything else. */
const taskOf = type => (TASKS.has(type) || CRYPTO.test(type) ? kindOf(type) : undefined)

/** Names that instances have in C++ or in Node's own modules, for resources that were there before anybody watched. */
const TYPES = {
  TCP: 'TCPWRAP',
  Pipe: 'PIPEWRAP',
  TLSWrap: 'TLSWRAP',
  TTY: 'TCPWRAP',
  HTTPServerAsyncResource: 'HTTPINCOMINGMESSAGE',
  HTTPClientAsyncResource: 'HTTPCLIENTREQUEST',
  HTTPParser: 'HTTPINCOMINGMESSAGE',
  Timeout: 'Timeout',
  MessagePort: 'MESSAGEPORT',
  Process: 'PROCESSWRAP',
}

/**
 * @param resource as `executionAsyncResource()` or `init` gives it
 * @param type of async_hooks; absent for resources that were there before anybody watched
 */
function causeOf(resource, type = TYPES[resource?.constructor?.name] ?? 'unknown') {
  const kind = kindOf(type)
  if (kind === 'connect') return { kind, peer: addressOf(resource) }
  if (kind === 'http') return { kind, peer: peerOf(resource?.req?.socket) ?? hostOf(resource?.req) }
  if (kind === 'back-pressure') return { kind, peer: peerOf(ownerOf(resource?.handle) ?? resource?.stream) }
  if (kind !== 'socket') return { kind }
  const socket = ownerOf(resource)
  // A socket that a server accepted belongs to the caller of this service.
  if (socket?.server) return { kind: 'client' }
  if (socket?.connecting) return { kind: 'connect', peer: peerOf(socket) }
  if (socket?.encrypted && socket.secureConnecting) return { kind: 'tls', peer: peerOf(socket) }
  return { kind: speaksHttp(socket) ? 'http' : 'socket', peer: peerOf(socket) }
}

/** Node's own client has its parser in a property, undici (and so `fetch`) under a symbol. */
const speaksHttp = socket =>
  socket?.parser !== undefined && socket.parser !== null
    ? true
    : Object.getOwnPropertySymbols(socket ?? {}).some(({ description }) => description === 'parser')

/** The JavaScript object of a handle. */
function ownerOf(handle) {
  if (!handle) return undefined
  const symbol = Object.getOwnPropertySymbols(handle).find(
    ({ description }) => description === 'owner_symbol',
  )
  const owner = symbol && handle[symbol]
  // A TLS socket's handle wraps that of the connection below it.
  return owner ?? handle.owner
}

const peerOf = socket =>
  socket?.remotePort ? `${socket.remoteAddress}:${socket.remotePort}` : (socket?.remoteAddress ?? undefined)

const addressOf = request => (request?.port ? `${request.address}:${request.port}` : request?.address)

const hostOf = request => request?.getHeader?.('host')

module.exports = { causeOf, taskOf, TICKS }
