/** Engines that write a row for each request. */
import { type ForeignRun, linesOf, runOf, type Single } from './run.ts'

/** Engines write 0 where nobody answered. */
const isWrong = (status: number): boolean => status < 100 || status >= 400

const rowsOf = (text: string, separator: string) => linesOf(text).map(line => line.split(separator))

/** Rows behind a line of names, and the place of each name. */
function table(text: string) {
  const rows = rowsOf(text, ',')
  const head = rows.next().value ?? []
  return { rows, column: (name: string) => head.indexOf(name) }
}

/** h2load `--log-file`: when it began (µs), status, µs. */
export function readH2load(text: string): ForeignRun | undefined {
  if (!/^\d{15,17}\t-?\d+\t\d+\s/.test(text)) return undefined
  const singles = rowsOf(text, '\t').map(
    ([began, status, latency]): Single => ({
      latency: Number(latency),
      isError: isWrong(Number(status)),
      began: Number(began),
    }),
  )
  return runOf('h2load', singles, { resolution: 1, omits: true })
}

/** hey `-o csv`: seconds, with four digits. */
export function readHeyCsv(text: string): ForeignRun | undefined {
  if (!text.startsWith('response-time,DNS+dialup,')) return undefined
  const { rows, column } = table(text)
  const [time, status, offset] = [column('response-time'), column('status-code'), column('offset')]
  const singles = rows.map(
    (row): Single => ({
      latency: Number(row[time]) * 1e6,
      isError: isWrong(Number(row[status])),
      began: Number(row[offset]) * 1e6,
    }),
  )
  return runOf('hey', singles, { resolution: 100, omits: true })
}

/** vegeta `encode --to csv`: ns since the epoch, status, latency in ns, bytes out, bytes in, error, … */
export function readVegetaCsv(text: string): ForeignRun | undefined {
  if (!/^\d{19},\d{1,3},\d+,\d+,\d+,/.test(text)) return undefined
  const singles = rowsOf(text, ',').map(
    ([began, status, latency]): Single => ({
      latency: Number(latency) / 1e3,
      isError: isWrong(Number(status)),
      began: Number(began) / 1e3,
    }),
  )
  return runOf('vegeta', singles, { resolution: 1, omits: false })
}

/** k6 `--out csv`: a row for each value of each metric; ms. */
export function readK6Csv(text: string): ForeignRun | undefined {
  if (!text.startsWith('metric_name,timestamp,metric_value,')) return undefined
  const { rows, column } = table(text)
  const [status, expected] = [column('status'), column('expected_response')]
  const singles = rows
    .filter(([metric]) => metric === 'http_req_duration')
    .map(
      (row): Single => ({
        latency: Number(row[2]) * 1e3,
        isError: row[expected] === 'false' || isWrong(Number(row[status])),
      }),
    )
  return runOf('k6', singles, { resolution: 1, omits: true })
}
