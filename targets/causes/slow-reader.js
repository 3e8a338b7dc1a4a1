/** Reads what the shop logs, but not quickly: 1.5 MB a second. */
import { setTimeout } from 'node:timers/promises'

const PIECE = 16_384
const SECONDS = PIECE / 1.5e6

for (;;) {
  const piece = process.stdin.read(PIECE) ?? process.stdin.read()
  if (piece === null && process.stdin.readableEnded) break
  await setTimeout(((piece?.length ?? 0) / PIECE) * SECONDS * 1_000 + 1)
}
