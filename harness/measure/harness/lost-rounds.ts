/**
 * When a lost round does not end the run. A round is lost whole, because one launch alone cannot be compared. It is
 * measured again under the next number while there is time.
 *
 * The run ends when its first round is lost (nothing has shown that it can be measured at all), when two rounds in a row
 * are lost, or with the third in total: what fails so often is a fault to find, not noise to measure around.
 */
const IN_A_ROW = 2
const IN_TOTAL = 3

export class LostRounds {
  #inARow = 0
  #total = 0

  kept(): void {
    this.#inARow = 0
  }

  /** @returns whether the run goes on, after `kept` rounds that were measured */
  lost(kept: number): boolean {
    this.#inARow++
    this.#total++
    return kept > 0 && this.#inARow < IN_A_ROW && this.#total < IN_TOTAL
  }
}
