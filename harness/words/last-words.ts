/** A line that names an error: of a program in JavaScript, or of npm. */
const ERROR = /^\s*(?:\w*Error\b|npm (?:error|ERR!) \S)/

/** Of the error's own lines so many are kept. */
const NAMING = 3

/**
 * The end of what a program printed, so many lines of it. Node prints a stack below an error, and npm how it is used: where
 * that is all that the end has, the lines that name the error take the place of its first ones.
 */
export function lastWords(output: string, most: number): string[] {
  const lines = output.split(/\r\n|\r|\n/).filter(line => line.trim() !== '')
  const cut = lines.slice(0, -most)
  const at = cut.findIndex(line => ERROR.test(line))
  if (at < 0) return lines.slice(-most)
  const named = cut.slice(at, at + NAMING)
  return [...named, '…', ...lines.slice(-most).slice(named.length + 1)]
}
