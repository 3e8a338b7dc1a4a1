/**
 * Counts the events of a server-sent event stream. One ends with an empty line, and counts if it has data: comments that keep a
 * connection alive do not.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
const LF = 10
const CR = 13
const COLON = 58
const DATA = [...Buffer.from('data')]

export class EventCounter {
  count = 0
  /** Bytes of the line so far, and how many of them are the beginning of `data`. */
  #length = 0
  #matching = 0
  /** The line's field is named `data`. */
  #isData = false
  #hasData = false
  #wasCr = false

  /** Reads on until there are `enough` events. @returns where that was in the chunk, otherwise its end */
  read(chunk: Buffer, from: number, to: number, enough: number): number {
    for (let at = from; at < to; at++) {
      const byte = chunk[at]!
      if (byte === LF && this.#wasCr) {
        this.#wasCr = false
        continue
      }
      this.#wasCr = byte === CR
      if (byte !== LF && byte !== CR) this.#take(byte)
      else if (this.#endLine() && this.count >= enough) return at + 1
    }
    return to
  }

  reset(): void {
    this.count = 0
    this.#hasData = false
    this.#wasCr = false
    this.#beginLine()
  }

  #beginLine(): void {
    this.#length = 0
    this.#matching = 0
    this.#isData = false
  }

  #take(byte: number): void {
    const at = this.#length++
    if (at < DATA.length && this.#matching === at && byte === DATA[at]) this.#matching++
    else if (at === DATA.length && this.#matching === at) this.#isData = byte === COLON
  }

  /** @returns whether an event has ended */
  #endLine(): boolean {
    const isEmpty = this.#length === 0
    // A line that is only a name has an empty value.
    if (this.#isData || (this.#matching === DATA.length && this.#length === DATA.length)) this.#hasData = true
    this.#beginLine()
    if (!isEmpty) return false
    const ended = this.#hasData
    this.#hasData = false
    if (ended) this.count++
    return ended
  }
}
