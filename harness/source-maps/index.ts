/** Compiled code ↔ the sources that it was made from. */
export { relocate, type ScriptText } from './relocate.ts'
export { hasLinesOf } from './script-lines.ts'
export { type Compiled, readSourceMap } from './source-map.ts'
