/** Where a function is, short enough to read: the end of a path says more than its beginning. */
import { visible } from '../../harness/words/text.ts'

/** `…/serializer/server.js:52`; empty where the profile knows no file. */
export function place(file: string, line: number): string {
  if (!file) return ''
  const plain = visible(file.replace(/^file:\/\//, ''))
  const segments = plain.split('/')
  const short =
    segments.length > 3 && !plain.startsWith('node:') ? `…/${segments.slice(-2).join('/')}` : plain
  return line > 0 ? `${short}:${line}` : short
}

/** The function's name, or a word for one that has none. */
export const functionName = (name: string): string => visible(name) || '(anonymous)'
