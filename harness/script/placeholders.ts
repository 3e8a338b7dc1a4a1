/** Which values a step needs: the names of its placeholders. */
import type { Step } from '../model/script.ts'
import { jsonTemplate, pathTemplate } from './template.ts'

/** Every text of a step may hold placeholders; its path has two ways to write them. */
export function placeholders({ path, query, headers, body }: Step): string[] {
  const texts = jsonTemplate({ query, headers, body: body?.kind === 'bytes' ? undefined : body })
  return [...new Set([...pathTemplate(path).names, ...texts.names])]
}
