/** Keeps a processor of the shop busy until the shop is gone. */
const shop = Number(process.argv[2])

const isThere = () => {
  try {
    return process.kill(shop, 0)
  } catch {
    return false
  }
}

while (isThere()) for (let n = 0, end = performance.now() + 100; performance.now() < end; n++) Math.sqrt(n)
