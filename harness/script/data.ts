/** Rows from text: CSV (RFC 4180) with a header line, and JSON lines. */
import { UsageError } from '../model/errors.ts'
import type { Row } from '../model/script.ts'
import { isScalar, parsedJson } from './json.ts'

/** @throws UsageError when the text has no rows, or one of them differs in shape */
export function parseRows(text: string, path: string): Row[] {
  const rows = path.endsWith('.csv') ? parseCsv(text, path) : parseJsonLines(text, path)
  if (rows.length === 0)
    throw new UsageError('The data file has no rows.', {
      place: path,
      advice: 'Add at least one row. A CSV file begins with a line of column names.',
    })
  return rows
}

function parseJsonLines(text: string, path: string): Row[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return []
    const value = parsedJson(line)
    if (isRow(value)) return [value]
    throw new UsageError('The line is not a JSON object of texts, numbers and booleans.', {
      place: `${path}:${i + 1}`,
      advice: 'Write one object per line, for example {"id": 7, "name": "Ada"}.',
    })
  })
}

const isRow = (value: unknown): value is Row =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && Object.values(value).every(isScalar)

function parseCsv(text: string, path: string): Row[] {
  const [names, ...records] = csvRecords(text.replace(/^\uFEFF/, ''))
  return records.map(({ fields, line }) => {
    if (fields.length !== names!.fields.length)
      throw new UsageError(`The row has ${fields.length} fields; the header has ${names!.fields.length}.`, {
        place: `${path}:${line}`,
        advice: 'Separate the fields by commas, and put a field that contains a comma in double quotes.',
      })
    return Object.fromEntries(fields.map((field, i) => [names!.fields[i]!.trim(), field]))
  })
}

/** A field in quotes can hold commas, line breaks and doubled quotes. Empty lines are skipped. */
function csvRecords(text: string): { fields: string[]; line: number }[] {
  const records: { fields: string[]; line: number }[] = []
  let fields: string[] = []
  let line = 1
  for (const [whole, quotedField, plainField, end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g,
  )) {
    fields.push(quotedField?.replaceAll('""', '"') ?? plainField ?? '')
    if (end === ',') continue
    if (fields.length > 1 || fields[0] !== '') records.push({ fields, line })
    fields = []
    line += whole.split('\n').length - 1
  }
  return records
}
