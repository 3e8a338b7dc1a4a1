/** Times, sizes and shares as people write them. Each function returns undefined for anything else. */
const MILLISECONDS = { ms: 1, s: 1e3, m: 6e4, min: 6e4, h: 3.6e6 }
const BYTES = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }

const amount = (text, units) => {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text) ?? []
  return number !== undefined && Object.hasOwn(units, unit) ? Number(number) * units[unit] : undefined
}

/** `'60s'` → ms */
const duration = text => (typeof text === 'string' ? amount(text.trim(), MILLISECONDS) : undefined)

/** `'512MiB'` → bytes */
const size = text => (typeof text === 'string' ? amount(text.trim(), BYTES) : undefined)

/** `'5%'` → 0.05 */
function share(text) {
  const [, number] = /^(\d+(?:\.\d+)?)\s*%$/.exec(String(text).trim()) ?? []
  return number === undefined ? undefined : Number(number) / 100
}

/** `'10MiB/min'` → bytes per ms */
function growth(text) {
  if (typeof text !== 'string') return undefined
  const [bytes, time = ''] = text.split('/')
  const [much, per] = [size(bytes), MILLISECONDS[time.trim()]]
  return much === undefined || per === undefined ? undefined : much / per
}

module.exports = { duration, size, share, growth }
