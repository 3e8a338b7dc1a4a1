/** A source of the project that `init` looks at. */
export interface SourceFile {
  /** Relative to the project, with slashes. */
  path: string
  text: string
}
