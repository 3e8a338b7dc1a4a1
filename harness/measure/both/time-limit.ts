/**
 * @param limit ms
 * @param what is missing, for the message: `the cpu profile was not there after 20000 ms`
 * @throws Error when the work takes longer
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
