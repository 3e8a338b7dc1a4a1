/** Request bodies: each kind with its media type, as a template that is filled in for each request. */
import type { Body, FilePart, Row, Scalar } from '../model/script.ts'
import { asUri, joined, jsonTemplate, template, uriTemplate } from './template.ts'

/** Contents of the files that a script names, by the path as written there. */
export type Files = Readonly<Record<string, Uint8Array>>

export interface CompiledBody {
  type: string
  names: string[]
  fill(values: Row): string | Uint8Array
}

export function compileBody(body: Body, files: Files): CompiledBody {
  switch (body.kind) {
    case 'json':
      return { type: 'application/json', ...jsonTemplate(body.value) }
    case 'form':
      return { type: 'application/x-www-form-urlencoded', ...form(body.fields) }
    case 'multipart':
      return multipart(body.parts, files)
    case 'raw':
      return { type: body.type, ...template(body.text) }
    case 'bytes':
      return constant(body.type, Buffer.from(body.base64, 'base64'))
    case 'file':
      return constant(body.type, contentOf(body, files))
  }
}

const constant = (type: string, bytes: Uint8Array): CompiledBody => ({ type, names: [], fill: () => bytes })

function contentOf({ path }: FilePart, files: Files): Uint8Array {
  const content = files[path]
  if (!content) throw new Error(`The file ${path} was not read.`)
  return content
}

function form(fields: Row) {
  const parts = Object.values(fields).map(value => uriTemplate(String(value)))
  const names = Object.keys(fields).map(asUri)
  return joined(parts, texts => texts.map((text, i) => `${names[i]}=${text}`).join('&'))
}

/** One boundary for all bodies: no part contains it by chance. RFC 7578. */
const BOUNDARY = 'flamegate-3d6b7f1e8a4c4d51'

function multipart(parts: Record<string, Scalar | FilePart>, files: Files): CompiledBody {
  const compiled = Object.entries(parts).map(([name, part]) => {
    const disposition = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${quoted(name)}"`
    if (typeof part !== 'object')
      return { head: `${disposition}\r\n\r\n`, content: template(String(part)), bytes: undefined }
    const file = part.path.slice(part.path.lastIndexOf('/') + 1)
    return {
      head: `${disposition}; filename="${quoted(file)}"\r\ncontent-type: ${part.type}\r\n\r\n`,
      content: template(''),
      bytes: contentOf(part, files),
    }
  })
  return {
    type: `multipart/form-data; boundary=${BOUNDARY}`,
    names: compiled.flatMap(({ content }) => content.names),
    fill: values =>
      Buffer.concat([
        ...compiled.flatMap(({ head, content, bytes }) => [
          Buffer.from(head),
          bytes ?? Buffer.from(content.fill(values)),
          Buffer.from('\r\n'),
        ]),
        Buffer.from(`--${BOUNDARY}--\r\n`),
      ]),
  }
}

/** A name in `content-disposition`. */
export const quoted = (name: string) => name.replaceAll('"', '%22').replaceAll(/[\r\n]/g, ' ')
