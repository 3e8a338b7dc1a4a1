/** How a server ended a connection with a request on it, without having said that it would. */
export interface Unsaid {
  reason: string
  /** Answers that the connection had carried. */
  answers: number
  /**
   * Milliseconds after the last of them in which the server read nothing: until the request, or until the end if it was
   * not read even then, as when a stalled server finds the time of an idle connection up. Negative for a pipelined one.
   */
  rest: number
}

/** A server that closes idle connections does not do so within this many ms of an answer. */
const IDLE = 2

/**
 * Whether a server had seen the request when it ended the connection, which nobody can tell for sure. It had not if the
 * connection was idle, if the request was pipelined behind an answer, or if the server ends each connection after so
 * many answers, as it did the last time.
 */
export class Habit {
  #answers: number | undefined

  explains({ answers, rest }: Unsaid): boolean {
    if (rest < 0 || rest >= IDLE) return true
    const usual = this.#answers ?? answers
    this.#answers = answers
    return answers === usual
  }
}
