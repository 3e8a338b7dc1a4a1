/** Two profiles compared: on a terminal, and as data. The page is in `html/diff.ts`. */
export { renderDiffJson } from './json.ts'
export { renderDiffTerminal } from './terminal.ts'
