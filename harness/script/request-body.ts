/** Request bodies: each kind with its media type, as a template that is filled in for each request. */
import type { Body, FilePart, Row, Scalar } from '../model/script.ts'
import { framed } from './grpc.ts'
import { asUri, joined, jsonTemplate, type Template, template, uriTemplate } from './template.ts'

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
      return constant(body.type, body.grpc ? framed(contentOf(body, files)) : contentOf(body, files))
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
  const pieces = Object.entries(parts).flatMap(([name, part]): (Template | Uint8Array)[] => {
    const head = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${quoted(name)}"`
    if (typeof part !== 'object')
      return [Buffer.from(`${head}\r\n\r\n`), template(String(part)), Buffer.from('\r\n')]
    const file = part.path.slice(part.path.lastIndexOf('/') + 1)
    const more = `; filename="${quoted(file)}"\r\ncontent-type: ${part.type}\r\n\r\n`
    return [Buffer.from(head + more), contentOf(part, files), Buffer.from('\r\n')]
  })
  const end = Buffer.from(`--${BOUNDARY}--\r\n`)
  const bytesOf = (piece: Template | Uint8Array, values: Row) =>
    'names' in piece ? Buffer.from(piece.fill(values)) : piece
  return {
    type: `multipart/form-data; boundary=${BOUNDARY}`,
    names: pieces.flatMap(piece => ('names' in piece ? piece.names : [])),
    fill: values => Buffer.concat([...pieces.map(piece => bytesOf(piece, values)), end]),
  }
}

/** A name in `content-disposition`. */
export const quoted = (name: string) => name.replaceAll('"', '%22').replaceAll(/[\r\n]/g, ' ')
