/** The stacks of what is waited for, callers that wait for it included, as tables in which each is stored once. */

/** Frames of a stack, from the innermost on. */
const MOST_FRAMES = 24
/** Stacks and frames in all. What comes later has no stack. */
const MOST = 100_000
/** Where hooks are called from. */
const HOOKS = 'node:internal/async_hooks'

class Stacks {
  frames = []
  stacks = []
  #frames = new Map()
  #stacks = new Map()

  /** The current stack, not looked at yet: most stacks are never asked for. */
  static hold() {
    const { stackTraceLimit } = Error
    const held = { index: undefined }
    try {
      Error.stackTraceLimit = MOST_FRAMES
      Error.captureStackTrace(held)
      Error.stackTraceLimit = stackTraceLimit
    } catch {
      // `Error` is frozen.
    }
    return held
  }

  /** @returns the index of the first stack with code that is not Node's own, or else of the first one; −1 without a frame */
  indexOf(candidates) {
    const indices = candidates.map(held => (held.index ??= this.#add(sitesOf(held))))
    return indices.find(index => this.#isOfProgram(index)) ?? indices[0] ?? -1
  }

  #add(sites) {
    const first = sites.findIndex(site => !isOfHooks(site.getFileName() ?? ''))
    if (first === -1) return -1
    const stack = sites.slice(first).flatMap(site => this.#frame(site) ?? [])
    return stack.length === 0 ? -1 : indexOf(stack.join(' '), stack, this.stacks, this.#stacks)
  }

  #isOfProgram(index) {
    return (this.stacks[index] ?? []).some(at => {
      const { file } = this.frames[at]
      return file !== '' && !file.startsWith('node:')
    })
  }

  #frame(site) {
    const file = site.getScriptNameOrSourceURL() ?? ''
    const frame = {
      name: site.isPromiseAll?.() ? 'Promise.all' : (site.getFunctionName() ?? ''),
      file,
      // Of the call, and of the function that makes it.
      line: site.getLineNumber() ?? 0,
      startLine: site.getEnclosingLineNumber?.() ?? 0,
      startColumn: site.getEnclosingColumnNumber?.() ?? 0,
    }
    const index = indexOf(
      `${file}:${frame.line}:${site.getColumnNumber()}:${frame.name}`,
      frame,
      this.frames,
      this.#frames,
    )
    return index === -1 ? undefined : index
  }
}

function indexOf(key, value, table, known) {
  const found = known.get(key)
  if (found !== undefined) return found
  if (table.length >= MOST) return -1
  known.set(key, table.length)
  return table.push(value) - 1
}

const isOfHooks = file => file === HOOKS || file.startsWith(__dirname)

/** V8 formats a stack when it is read for the first time. The service can format stacks itself, so that is put back. */
function sitesOf(held) {
  const { prepareStackTrace } = Error
  try {
    Error.prepareStackTrace = (_, sites) => sites
    return Array.isArray(held.stack) ? held.stack : []
  } catch {
    return []
  } finally {
    try {
      Error.prepareStackTrace = prepareStackTrace
    } catch {}
  }
}

module.exports = { Stacks }
