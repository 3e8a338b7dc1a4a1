/** Hands the reader a file. */
import { element } from './dom.js'

export function save(bytes, type, name) {
  const url = URL.createObjectURL(new Blob([bytes], { type }))
  element('a', { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
