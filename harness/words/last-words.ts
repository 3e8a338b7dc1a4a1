/** A line in which JavaScript or npm names an error. */
const ERROR = /^\s*(?:\w*Error\b|npm (?:error|ERR!) \S)/

/** Lines kept from where the error is named. */
const NAMING = 3

/**
 * The last lines of what a program printed, at most `most`. Node prints a stack below an error and npm its usage: if
 * those fill the end, the lines that name the error replace its first ones.
 */
export function lastWords(output: string, most: number): string[] {
  const lines = output.split(/\r\n|\r|\n/).filter(line => line.trim() !== '')
  const cut = lines.slice(0, -most)
  const at = cut.findIndex(line => ERROR.test(line))
  if (at < 0) return lines.slice(-most)
  const named = cut.slice(at, at + NAMING)
  return [...named, '…', ...lines.slice(-most).slice(named.length + 1)]
}
