/** Text from a target or a file: made harmless to show, shortened, and fitted into columns. */

// Control characters (a terminal's commands), format characters (bidirectional overrides, zero widths), and line and
// paragraph separators: each can make a name look like something else.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

// A CI runner takes a line that begins like this as a command.
const COMMAND = /^\s*::|##\[/g

/** The text with every character that is invisible, or that controls a terminal or a CI job, written as `\u{…}`. */
export function visible(text: string): string {
  const seen = text.toWellFormed().replace(UNSEEN, written)
  return seen.replace(COMMAND, it => it.slice(0, -1) + written(it.slice(-1)))
}

const written = (c: string) => `\\u{${c.codePointAt(0)?.toString(16)}}`

// Emoji and the blocks of East Asian scripts take two columns of a terminal, combining marks none.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const COMBINING = /\p{Mn}|\p{Me}/u

/** Columns that the text takes on a terminal. */
export function columns(text: string): number {
  let sum = 0
  for (const c of text) sum += COMBINING.test(c) ? 0 : WIDE.test(c) ? 2 : 1
  return sum
}

/** At most `width` columns, with an ellipsis where the middle or the end was cut. */
export function clip(text: string, width: number, cut: 'middle' | 'end' = 'middle'): string {
  if (columns(text) <= width) return text
  if (width < 2) return '…'.slice(0, width)
  const characters = [...text]
  const kept = cut === 'end' ? width - 1 : Math.ceil((width - 1) / 2)
  const tail = take(characters.toReversed(), width - 1 - kept).reverse()
  return `${take(characters, kept).join('')}…${tail.join('')}`
}

function take(characters: string[], width: number): string[] {
  const taken: string[] = []
  let sum = 0
  for (const c of characters) {
    sum += columns(c)
    if (sum > width) break
    taken.push(c)
  }
  return taken
}

/** Clipped to `width` columns and padded with spaces, on the left if it is aligned to the right. */
export function cell(
  text: string,
  width: number,
  align: 'left' | 'right' = 'left',
  cut: 'middle' | 'end' = 'middle',
): string {
  const clipped = clip(text, width, cut)
  const fill = ' '.repeat(Math.max(0, width - columns(clipped)))
  return align === 'left' ? clipped + fill : fill + clipped
}

/** Words wrapped into lines of at most `width` columns; a longer word is cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).flatMap(word => pieces(word, width))) {
    if (line && columns(line) + 1 + columns(word) > width) {
      lines.push(line)
      line = word
    } else line = line ? `${line} ${word}` : word
  }
  return line ? [...lines, line] : lines
}

function pieces(word: string, width: number): string[] {
  const parts: string[] = []
  let rest = [...word]
  while (rest.length > 0) {
    const part = take(rest, width)
    const length = Math.max(1, part.length)
    parts.push(rest.slice(0, length).join(''))
    rest = rest.slice(length)
  }
  return parts
}

/** `a, b and 3 more` */
export function firstNames(names: string[], most = 5): string {
  const shown = names.slice(0, most).join(', ')
  return names.length > most ? `${shown} and ${names.length - most} more` : shown
}

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
