/** One rule of a contract; `run` throws an `AssertionError` when the capability breaks it. */
export interface Check {
  name: string
  run(): void | Promise<void>
}
