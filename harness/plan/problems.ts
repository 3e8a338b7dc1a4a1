/** The mistakes in a value that a user wrote: a sentence for each, with its place, the value and what is expected. */
import { z } from 'zod'
import { UsageError } from '../model/errors.ts'
import { nearest, suggest } from '../words/suggestion.ts'
import { hintFor } from './hints.ts'

/** Values below these keys can be secrets, so only their kind is shown. */
const PRIVATE = new Set(['environment', 'env', 'url', 'headers', 'body'])

/** Characters of a text that a message shows. */
const SHOWN = 60

const KINDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

type Raw = Parameters<z.core.$ZodErrorMap>[0]
type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/**
 * The value as the schema reads it, or its problems. A message in a schema completes "it must be …".
 *
 * @param what names the whole value in a sentence, for example `The scenario`
 */
export function check<T>(
  schema: z.ZodType<T>,
  value: unknown,
  what: string,
): { value: T } | { problems: string[] } {
  const result = schema.safeParse(value, { error: raw => expectation(raw, schema) })
  if (result.success) return { value: result.data }
  const problems = result.error.issues.flatMap(issue => sentences(issue, value, what))
  return { problems: [...new Set(problems)] }
}

/**
 * The value as the schema reads it.
 *
 * @throws UsageError: one mistake is its message, several are listed in the details
 */
export function checked<T>(
  schema: z.ZodType<T>,
  value: unknown,
  { what, place, advice }: { what: string; place: string; advice: string },
): T {
  const result = check(schema, value, what)
  if ('value' in result) return result.value
  const { problems } = result
  if (problems.length === 1) throw new UsageError(problems[0]!, { place, advice })
  const message = `${what} has ${problems.length} mistakes.`
  throw new UsageError(message, { place, details: problems.join('\n'), advice })
}

/** @throws UsageError when the text is not JSON */
export function parseJson(text: string, what: string, place: string, advice: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UsageError(`${what} not valid JSON.`, { place, details: String(cause), advice, cause })
  }
}

/** @throws UsageError when the name is not known */
export function refuseUnknown(name: string, known: string[], noun: string, place: string): void {
  if (known.includes(name)) return
  const advice = suggest(name, known, `${noun}s`)
  throw new UsageError(`There is no ${noun} \`${name}\`.`, { place, advice })
}

/** Advice for mistakes in the default export of a file. */
export const correction = (exported: unknown, define: string): string =>
  exported !== null && typeof exported === 'object' && !Array.isArray(exported)
    ? `Change it in the file; inside \`${define}({ … })\` an editor marks such mistakes.`
    : `End the file with \`export default ${define}({ … })\`.`

/** What is expected where the schema does not say it. For unknown keys: a line of advice for each. */
function expectation(issue: Raw, root: z.ZodType): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(key => meant(key, Object.keys(shapeOf(issue.inst)), root)).join('\n')
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected
    case 'invalid_value':
      return oneOf(issue.values.map(shown))
    case 'too_small':
      return issue.origin === 'number' ? `${issue.minimum} or more` : `${kindOf(issue)} that is not empty`
    case 'too_big':
      return `${kindOf(issue)} of ${issue.maximum} at most`
    default:
      return 'something else'
  }
}

const kindOf = ({ origin }: { origin: string }) => KINDS[origin] ?? 'a value'

function meant(key: string, known: string[], root: z.ZodType): string {
  const other = known.length > 0 && placeOf(key, root)
  const near = nearest(key, known)
  if (other && near?.toLowerCase() !== key.toLowerCase()) return `Write it as \`${other}\`.`
  if (near) return `Did you mean \`${near}\`?`
  return `Known settings: ${known.join(', ')}.`
}

/** Where else the schema has the key: `connections` belongs into `load`. */
function placeOf(key: string, root: z.ZodType): string | undefined {
  const outer = shapeOf(root)
  const inner = Object.keys(outer).find(name => Object.hasOwn(shapeOf(outer[name]), key))
  return inner && `${inner}.${key}`
}

function shapeOf(schema: unknown): Record<string, unknown> {
  if (schema instanceof z.ZodOptional) return shapeOf(schema.unwrap())
  return schema instanceof z.ZodObject ? schema.shape : {}
}

function sentences(issue: Issue, whole: unknown, what: string): string[] {
  const { path, message } = issue
  const where = whereOf(path, what)
  if (issue.code === 'unrecognized_keys') {
    const within = path.length > 0 ? ` in \`${where}\`` : ''
    const advice = message.split('\n')
    return issue.keys.map((key, at) => `There is no setting \`${key}\`${within}. ${advice[at]}`)
  }
  if (issue.code === 'invalid_key')
    return [
      `\`${whereOf(path.slice(0, -1), what)}\` has the name ${shown(path.at(-1))}; a name must be ${issue.issues[0]!.message}.`,
    ]
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return ofUnion(issue, whole, what)
  return [unlike(path, message, whole, what)]
}

/** The alternative whose outer shape fits was probably meant; without one, all are named. */
function ofUnion(
  { errors, path, message }: Issue & { code: 'invalid_union' },
  whole: unknown,
  what: string,
): string[] {
  const close = errors.filter(issues => !issues.some(isAboutKind))
  const known = close.filter(issues => !issues.some(isAboutKeys))
  const [likely, ...others] = known.length > 0 ? known : close
  if (likely && others.length === 0)
    return likely.flatMap(issue => sentences({ ...issue, path: [...path, ...issue.path] }, whole, what))
  const kinds = errors.flatMap(issues => issues.filter(isAboutKind).map(({ message }) => message))
  return [unlike(path, kinds.length > 0 ? oneOf(kinds) : message, whole, what)]
}

const isAboutKeys = ({ path, code }: Issue) => path.length === 0 && code === 'unrecognized_keys'

const isAboutKind = ({ path, code }: Issue) =>
  path.length === 0 && ['invalid_type', 'invalid_value', 'custom'].includes(code)

function unlike(path: Path, expected: string, whole: unknown, what: string): string {
  const where = path.length > 0 ? `\`${whereOf(path, what)}\`` : what
  const value = valueAt(whole, path)
  const hint = hintFor(path.map(String), value, expected)
  const cure = hint ? `: ${hint}` : ''
  if (value === undefined) return `${where} is missing; it must be ${expected}${cure}.`
  const isPrivate = path.some(key => PRIVATE.has(String(key)))
  const isSecretNumber = isPrivate && typeof value === 'number'
  const found = isSecretNumber ? 'a number' : isPrivate ? kindShown(value) : shown(value)
  return `${where} must be ${expected}, but it is ${found}${cure}.`
}

const whereOf = (path: Path, what: string) => z.core.toDotPath(path) || what

const valueAt = (whole: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null)?.[key], whole)

function shown(value: unknown): string {
  if (typeof value !== 'string') return kindShown(value)
  const text = JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value)
  return `'${text.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

function kindShown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'string') return 'text'
  if (value instanceof URL) return 'a URL'
  if (value instanceof RegExp) return 'a regular expression'
  if (value instanceof Promise) return 'a promise'
  if (value === null || typeof value !== 'object') return String(value)
  return Object.keys(value).length === 0 ? 'an empty object' : 'an object'
}

function oneOf(choices: string[]): string {
  const all = [...new Set(choices)]
  return all.length > 1 ? `${all.slice(0, -1).join(', ')} or ${all.at(-1)}` : (all[0] ?? 'something else')
}
