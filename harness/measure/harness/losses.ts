/**
 * When a lost round does not end the run. A round is lost whole, because one launch alone has nothing to be compared with;
 * it is measured again under the next number while there is time.
 *
 * The run ends when its first round is lost (nothing has shown that it can be measured at all), when two rounds in a row
 * are, or with the third in all: what fails so often is a fault to be found, not noise to be measured around.
 */
const IN_A_ROW = 2
const IN_ALL = 3

export class Losses {
  #inARow = 0
  #inAll = 0

  kept(): void {
    this.#inARow = 0
  }

  /** @returns whether the run goes on, `kept` rounds having been measured so far */
  lost(kept: number): boolean {
    this.#inARow++
    this.#inAll++
    return kept > 0 && this.#inARow < IN_A_ROW && this.#inAll < IN_ALL
  }
}
