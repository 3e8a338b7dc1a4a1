/** The text that V8 runs, line by line, beside that of the file. */

/**
 * Whether each line of a script stands at its place in the file. Where Node has stripped types it has left blanks: then
 * the words of a line are some of those in the file's, in their order.
 */
export function hasLinesOf(script: string, file: string): boolean {
  const originals = file.split(LINE_END)
  return script.split(LINE_END).every((line, at) => {
    const original = originals[at]
    return original === undefined ? ADDED.test(line) : isPartOf(wordsOf(line), wordsOf(original))
  })
}

/** As V8 counts lines. */
export const LINE_END = /\r\n|[\n\r\u2028\u2029]/

/** What is added at the end. */
const ADDED = /^($|\/\/# source)/

const wordsOf = (line: string): string[] => line.match(/[\p{L}\p{N}_$]+/gu) ?? []

function isPartOf(words: string[], all: string[]): boolean {
  let at = 0
  for (const word of all) if (word === words[at]) at++
  return at === words.length
}
