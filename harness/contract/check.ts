/** One rule of a contract; `run` throws an `AssertionError` when the capability breaks it. */
export interface Check {
  name: string
  run(): void | Promise<void>
}

export const check = (name: string, run: Check['run']): Check => ({ name, run })
