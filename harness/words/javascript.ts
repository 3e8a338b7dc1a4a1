/** TypeScript as JavaScript. */
import { stripTypeScriptTypes } from 'node:module'

/**
 * Types become blanks, so everything keeps its place. Node warns that it may change how it does this.
 *
 * @throws Error for a text that is not TypeScript, or needs more than its types removed
 */
export function withoutTypes(text: string): string {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return stripTypeScriptTypes(text)
  } finally {
    process.emitWarning = emitWarning
  }
}
