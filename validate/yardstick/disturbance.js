/** A busy neighbour: half of the time it walks through more memory than the caches hold. */
const memory = new Float64Array(2 ** 23)
let at = 0

function work() {
  const until = performance.now() + 20
  while (performance.now() < until) {
    for (let i = 0; i < 10_000; i++) {
      at = (at + 4_099) % memory.length
      memory[at] += 1
    }
  }
  setTimeout(work, 20)
}

work()
