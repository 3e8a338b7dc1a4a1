/**
 * What the work resolves to, unless it takes longer than the limit (ms).
 *
 * @throws Error that says what did not come: `the cpu profile was not there after 20000 ms`
 */
export async function within<T>(limit: number, what: string, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`${what} after ${limit} ms`)), limit)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
