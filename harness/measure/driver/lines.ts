/** The lines of a text that comes in pieces. A piece without an end is looked at once only, however long its line gets. */
export class Lines {
  #pieces: string[] = []
  #length = 0

  /** @returns the lines that are complete by now, or undefined when one is longer than `limit` characters */
  push(text: string, limit: number): string[] | undefined {
    const [first = '', ...rest] = text.split('\n')
    this.#pieces.push(first)
    this.#length += first.length
    if (rest.length === 0) return this.#length > limit ? undefined : []
    const lines = [this.#pieces.join(''), ...rest.slice(0, -1)]
    this.#pieces = [rest.at(-1)!]
    this.#length = this.#pieces[0]!.length
    return Math.max(this.#length, ...lines.map(line => line.length)) > limit ? undefined : lines
  }
}
