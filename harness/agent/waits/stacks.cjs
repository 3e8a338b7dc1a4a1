/** The stacks of what is waited for, callers that wait for it included, as tables in which each is stored once. */

/** Frames of a stack, from the innermost on. */
const MOST_FRAMES = 64
/** Stacks and frames in all. What comes later has no stack. */
const MOST = 100_000
/** Where hooks are called from. */
const HOOKS = 'node:internal/async_hooks'

class Stacks {
  frames = []
  stacks = []
  #frames = new Map()
  #stacks = new Map()

  /** @returns the index of the current stack; −1 when it has no frame */
  capture() {
    const sites = currentSites()
    const first = sites.findIndex(site => !isOfHooks(site.getFileName() ?? ''))
    if (first === -1) return -1
    const stack = sites.slice(first).flatMap(site => this.#frame(site) ?? [])
    return stack.length === 0 ? -1 : indexOf(stack.join(' '), stack, this.stacks, this.#stacks)
  }

  /** Whether the stack has code that is not Node's own. */
  isOfProgram(index) {
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

/** The service can have set both itself, so they are put back. */
function currentSites() {
  const { prepareStackTrace, stackTraceLimit } = Error
  const holder = {}
  try {
    Error.stackTraceLimit = MOST_FRAMES
    Error.prepareStackTrace = (_, sites) => sites
    Error.captureStackTrace(holder)
    // V8 formats the stack when it is read for the first time.
    return Array.isArray(holder.stack) ? holder.stack : []
  } catch {
    // `Error` is frozen.
    return []
  } finally {
    try {
      Error.stackTraceLimit = stackTraceLimit
      Error.prepareStackTrace = prepareStackTrace
    } catch {}
  }
}

module.exports = { Stacks }
