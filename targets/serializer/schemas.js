/** JSON schemas of the payloads, for the serialiser that is compiled from them. */

const object = properties => ({ type: 'object', properties })
const array = items => ({ type: 'array', items })
const string = { type: 'string' }
const number = { type: 'number' }
const integer = { type: 'integer' }
const boolean = { type: 'boolean' }

const level = object({
  level: integer,
  label: string,
  leaf: object({ value: number }),
  child: { $ref: '#/definitions/level' },
})

export const schemas = {
  small: object({ id: integer, name: string, email: string, active: boolean, score: number }),
  list: array(object({ id: integer, title: string, price: number, inStock: boolean, tags: array(string) })),
  escape: object({ title: string, body: string, lines: array(string) }),
  deep: { ...level, definitions: { level } },
}
