/** Compiled code ↔ its sources. */
export { relocate, type ScriptText } from './relocate.ts'
export { hasLinesOf } from './script-lines.ts'
export { type Compiled, readSourceMap } from './source-map.ts'
