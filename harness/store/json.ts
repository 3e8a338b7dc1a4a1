/** Levels of brackets. A record has eight; text with many more is meant to exhaust the stack of its reader. */
const DEEPEST = 64

const [QUOTE, BACKSLASH] = ['"', '\\'].map(c => c.charCodeAt(0))
const OPENING = ['[', '{'].map(c => c.charCodeAt(0))
const CLOSING = [']', '}'].map(c => c.charCodeAt(0))

/** Parses JSON from an unknown source. @throws SyntaxError when it is not valid, or nested too deeply */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) throw new SyntaxError(`more than ${DEEPEST} levels are nested`)
  return JSON.parse(text)
}

function isTooDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at)
    if (c === QUOTE) at = endOfString(text, at)
    else if (OPENING.includes(c) && ++depth > DEEPEST) return true
    else if (CLOSING.includes(c)) depth--
  }
  return false
}

/** Place of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end === -1 ? text.length : end
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++
  return backslashes % 2 === 1
}
