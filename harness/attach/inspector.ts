/** A session with the inspector of a Node process: commands and answers as JSON over a WebSocket. */

/** Milliseconds for an answer. A loop that is busy answers late. */
const PATIENCE = 30_000

interface Pending {
  resolve(result: unknown): void
  reject(reason: Error): void
}

export class Inspector {
  readonly #socket: WebSocket
  readonly #pending = new Map<number, Pending>()
  #asked = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#receive(String(data)))
    socket.addEventListener('close', () =>
      this.#fail(new Error('the process closed its inspector, or ended')),
    )
  }

  /** @throws Error when nobody answers */
  static async connect(url: string): Promise<Inspector> {
    const socket = new WebSocket(url)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    socket.addEventListener('open', () => resolve(), { once: true })
    socket.addEventListener('error', () => reject(new Error(`nobody answers at ${url}`)), { once: true })
    await promise
    return new Inspector(socket)
  }

  /** @throws Error when the process refuses, ends, or does not answer in time */
  post<T = unknown>(method: string, params: object = {}): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const id = ++this.#asked
    const timer = setTimeout(() => {
      this.#pending.delete(id)
      reject(new Error(`${method} was not answered within ${PATIENCE / 1_000} s`))
    }, PATIENCE)
    const settled = () => clearTimeout(timer)
    promise.then(settled, settled)
    this.#pending.set(id, { resolve, reject })
    this.#socket.send(JSON.stringify({ id, method, params }))
    return promise as Promise<T>
  }

  /** The value of an expression, as JSON has it. @throws Error when it throws */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.post<{
      result: { value: T }
      exceptionDetails?: { text: string }
    }>('Runtime.evaluate', { expression, returnByValue: true })
    if (exceptionDetails) throw new Error(exceptionDetails.text)
    return result.value
  }

  close(): void {
    this.#socket.close()
  }

  #receive(text: string): void {
    const { id, result, error } = JSON.parse(text) as {
      id?: number
      result?: unknown
      error?: { message: string }
    }
    const pending = this.#pending.get(id ?? 0)
    this.#pending.delete(id ?? 0)
    if (error) pending?.reject(new Error(error.message))
    else pending?.resolve(result)
  }

  #fail(reason: Error): void {
    for (const { reject } of this.#pending.values()) reject(reason)
    this.#pending.clear()
  }
}
