/**
 * Whether each line of a script that V8 runs is at its place in the file. Where Node strips types, it leaves blanks, so a
 * line's words are some of the words of the file's line, in the same order.
 */
export function hasLinesOf(script: string, file: string): boolean {
  const originals = file.split(LINE_END)
  return script.split(LINE_END).every((line, at) => {
    const original = originals[at]
    return original === undefined ? ADDED.test(line) : isPartOf(wordsOf(line), wordsOf(original))
  })
}

/** Line ends as V8 counts them. */
export const LINE_END = /\r\n|[\n\r\u2028\u2029]/

/** Lines that tools add at the end. */
const ADDED = /^($|\/\/# source)/

const wordsOf = (line: string): string[] => line.match(/[\p{L}\p{N}_$]+/gu) ?? []

function isPartOf(words: string[], all: string[]): boolean {
  let at = 0
  for (const word of all) if (word === words[at]) at++
  return at === words.length
}
