/** Examples in an OpenAPI 3 description: given, or put together from those of the properties. */
import { unescape as decoded } from 'node:querystring'
import { isObject, listOf, objectOf } from './source.ts'

type Fields = Record<string, unknown>

/** Schemas can contain themselves. */
const DEEPEST = 12

/** `$ref`s within the document. */
export class References {
  readonly #document: unknown

  constructor(document: unknown) {
    this.#document = document
  }

  /** What is meant by a reference, or the object itself; empty when it is in another file. */
  object(value: unknown): Fields {
    let found = value
    for (let hops = 0; isObject(found) && typeof found.$ref === 'string'; hops++) {
      if (hops > DEEPEST || !found.$ref.startsWith('#/')) return {}
      const keys = found.$ref.slice(2).split('/')
      found = keys.reduce<unknown>((owner, key) => {
        const name = decoded(key).replaceAll('~1', '/').replaceAll('~0', '~')
        return Array.isArray(owner) ? owner[Number(name)] : objectOf(owner)[name]
      }, this.#document)
    }
    return objectOf(found)
  }
}

/** The example of a parameter or a media type. @returns undefined when there is none */
export function exampleOf({ example, examples, schema }: Fields, references: References): unknown {
  if (example !== undefined) return example
  const [first] = Object.values(objectOf(examples)).map(it => references.object(it))
  if (first?.value !== undefined) return first.value
  return sampleOf(schema, references)
}

/** A value that the schema allows, as far as examples, defaults and enumerations say one. */
function sampleOf(written: unknown, references: References, depth = 0): unknown {
  if (depth > DEEPEST) return undefined
  const schema = references.object(written)
  const { example, examples, default: usual, const: only, enum: values } = schema
  const given = [example, ...listOf(examples), usual, only, ...listOf(values)].find(it => it !== undefined)
  if (given !== undefined) return given
  const inner = (it: unknown) => sampleOf(it, references, depth + 1)
  const [alternative] = [...listOf(schema.oneOf), ...listOf(schema.anyOf)]
  if (alternative !== undefined) return inner(alternative)
  if (schema.items !== undefined) {
    const item = inner(schema.items)
    return item === undefined ? undefined : [item]
  }
  const { properties, required } = shapeOf(schema, references, depth)
  const pairs = Object.entries(properties)
    .filter(([, it]) => references.object(it).readOnly !== true)
    .map(([name, it]) => [name, inner(it)] as const)
  if (pairs.some(([name, value]) => value === undefined && required.includes(name))) return undefined
  const known = pairs.filter(([, value]) => value !== undefined)
  return known.length > 0 ? Object.fromEntries(known) : undefined
}

/** The properties of an object, with those of the schemas that it extends. */
function shapeOf(
  schema: Fields,
  references: References,
  depth: number,
): { properties: Fields; required: unknown[] } {
  const bases = depth > DEEPEST ? [] : listOf(schema.allOf)
  const shapes = bases.map(it => shapeOf(references.object(it), references, depth + 1))
  return {
    properties: Object.assign({}, ...shapes.map(it => it.properties), objectOf(schema.properties)),
    required: [...shapes.flatMap(it => it.required), ...listOf(schema.required)],
  }
}
