/** Text as XML takes it: what a document may not contain is written as `\u{…}`, what has a meaning as an entity. */
import { visible } from '../../harness/words/text.ts'

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Line breaks are kept, as references, so that an attribute keeps them too. */
export const xml = (text: string): string =>
  text
    .split(/\r\n|\r|\n/)
    .map(line => visible(line.replace(/[\ufffe\uffff]/g, '\ufffd')).replace(/[&<>"']/g, c => ENTITIES[c]!))
    .join('&#10;')

/** `<name key="value">`, content and end; an attribute without a value is left out. */
export function element(
  name: string,
  attributes: Record<string, string | number | undefined>,
  content = '',
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${xml(String(value))}"`)
    .join('')
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`
}
