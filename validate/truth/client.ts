/**
 * A closed loop of requests over connections that stay open, in bursts. Independent of the loaders on purpose: it must not
 * share their faults.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const CONNECTIONS = 10
const REQUEST = Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')

/** Milliseconds for the last answers of a burst. */
const PATIENCE = 10_000

export class Client {
  readonly #sockets: Socket[]
  /** Bytes of an answer: a service always gives the same. */
  readonly #length: number
  #failure: Error | undefined
  #isOpen = false
  #waiting = 0
  #answers = 0

  private constructor(sockets: Socket[], length: number) {
    this.#sockets = sockets
    this.#length = length
    for (const socket of sockets) {
      let missing = length
      socket.on('data', (part: Buffer) => {
        if (missing === length && part.toString('latin1', 9, 12) !== '200')
          this.#failure ??= new Error(`The service answered ${part.toString('latin1', 0, 60)}`)
        missing -= part.length
        if (missing < 0) this.#failure ??= new Error('The service does not always give the same answer.')
        if (missing > 0) return
        missing = length
        this.#answers++
        if (this.#isOpen) socket.write(REQUEST)
        else this.#waiting--
      })
      socket.on('close', () => {
        this.#failure ??= new Error('The service closed a connection.')
      })
      socket.on('error', error => {
        this.#failure ??= error
      })
    }
  }

  static async open(port: number): Promise<Client> {
    const sockets = Array.from({ length: CONNECTIONS }, () =>
      connect({ port, host: '127.0.0.1', noDelay: true }),
    )
    try {
      await Promise.all(sockets.map(socket => once(socket, 'connect')))
      return new Client(sockets, await lengthOfAnswer(sockets[0]!))
    } catch (error) {
      for (const socket of sockets) socket.on('error', () => {}).destroy()
      throw error
    }
  }

  /**
   * Sends for some milliseconds, then waits for the last answers.
   *
   * Its event loop keeps turning. A client that sleeps has to be woken for each answer, and the kernel charges that to the
   * server: nothing where the client is always busy, but over 20 µs per answer on a virtual machine where the server is
   * slow enough for it to sleep. That would be added to one side of a pair only.
   *
   * @returns how many answers came
   */
  async burst(milliseconds: number): Promise<number> {
    const before = this.#answers
    const end = performance.now() + milliseconds
    this.#isOpen = true
    this.#waiting = this.#sockets.length
    for (const socket of this.#sockets) socket.write(REQUEST)
    while (this.#waiting > 0) {
      if (this.#failure) throw this.#failure
      const now = performance.now()
      if (now >= end) this.#isOpen = false
      if (now >= end + PATIENCE) throw new Error(`The service did not answer within ${PATIENCE} ms.`)
      await new Promise(setImmediate)
    }
    return this.#answers - before
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}

async function lengthOfAnswer(socket: Socket): Promise<number> {
  socket.write(REQUEST)
  let text = ''
  let length = Number.NaN
  while (!(text.length >= length)) {
    const [part] = (await once(socket, 'data')) as [Buffer]
    text += part.toString('latin1')
    const head = text.indexOf('\r\n\r\n')
    if (head === -1) continue
    length = head + 4 + Number(/content-length: (\d+)/i.exec(text)?.[1])
    if (Number.isNaN(length)) throw new Error('The service does not tell the length of its answers.')
  }
  return length
}
