/** autocannon with ten connections and no pipelining. */
import autocannon from 'autocannon'

export const CONNECTIONS = 10

/** Calls `heard` with the milliseconds of every answer; resolves when the seconds are over, or the signal aborts. */
export function shoot(
  { url, path, seconds }: { url: string; path: string; seconds: number },
  heard: (milliseconds: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const instance = autocannon(
      {
        url,
        connections: CONNECTIONS,
        pipelining: 1,
        duration: seconds,
        timeout: 10,
        requests: [{ method: 'GET', path }],
        setupClient: () => {},
        excludeErrorStats: false,
      },
      error => (error ? reject(error) : resolve()),
    )
    instance.on('response', (_client, _status, _bytes, milliseconds: number) => heard(milliseconds))
    signal?.addEventListener('abort', () => instance.stop(), { once: true })
  })
}
