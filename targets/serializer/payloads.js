/** The service's answers: four shapes that suit serialisers differently. Built once, the same in every launch. */

const small = { id: 42, name: 'Ada Lovelace', email: 'ada@example.org', active: true, score: 99.5 }

const list = Array.from({ length: 50 }, (_, index) => ({
  id: index,
  title: `Item number ${index}`,
  price: index * 1.25,
  inStock: index % 3 !== 0,
  tags: ['new', 'sale', `group-${index % 7}`],
}))

const TROUBLE = '"quoted", a \\ backslash, a tab\t, two\nlines, \u0001 and \u001f, é ü 漢字 😀 '

const awkward = {
  title: TROUBLE,
  body: TROUBLE.repeat(12),
  lines: Array.from({ length: 20 }, (_, index) => `${index}: ${TROUBLE}`),
}

export const DEPTH = 24

/** A tree that is a chain with a leaf on every level. */
const deep = Array.from({ length: DEPTH }).reduceRight(
  (child, _, level) => ({
    level,
    label: `level ${level}`,
    leaf: { value: level / 4 },
    ...(child && { child }),
  }),
  undefined,
)

export const payloads = { small, list, escape: awkward, deep }
