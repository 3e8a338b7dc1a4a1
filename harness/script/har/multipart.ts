/** The parts of a recorded `multipart/form-data` body. RFC 7578. */
import type { Param } from './entries.ts'

/** @returns undefined when the text is not such a body */
export function partsIn(text: string, type: string): Param[] | undefined {
  const boundary = /boundary="?([^";]+)/i.exec(type)?.[1]?.trim()
  if (!boundary || !text.includes(`--${boundary}`)) return undefined
  const written = text.includes('\r\n') ? text : text.replaceAll('\n', '\r\n')
  const sections = `\r\n${written}`.split(`\r\n--${boundary}`).slice(1)
  const parts = sections.filter(section => !section.startsWith('--')).map(partOf)
  return parts.every(part => part !== undefined) ? parts : undefined
}

function partOf(section: string): Param | undefined {
  const end = section.indexOf('\r\n\r\n')
  const head = section.slice(0, end)
  const name = /^content-disposition:.*?\bname="([^"]*)"/im.exec(head)?.[1]
  if (end < 0 || name === undefined) return undefined
  const fileName = /^content-disposition:.*?\bfilename="([^"]*)"/im.exec(head)?.[1]
  const contentType = /^content-type:\s*(.*?)\r?$/im.exec(head)?.[1]
  return { name, value: section.slice(end + 4), fileName, contentType }
}
