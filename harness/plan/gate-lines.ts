import type { Gate } from '../model/plan.ts'

/** The gates, each with the line of the scenario's file that it is written in, where there is one. */
export function withLines(gates: Gate[], source: string): Gate[] {
  const lines = source.split('\n')
  const first = lines.findIndex(text => /\bgates\b/.test(text))
  return gates.map(gate => {
    const at = lines.findIndex((text, index) => index >= first && first >= 0 && isKey(gate.metric, text))
    return at < 0 ? gate : { ...gate, line: at + 1 }
  })
}

/** Whether the line has the metric as the key of an object: `'cpu.perRequest': …`, `errors: 0`. */
function isKey(metric: string, line: string): boolean {
  const name = metric.replaceAll('.', '\\.')
  return new RegExp(`(?:^|[\\s{,])(?:'${name}'|"${name}"|\`${name}\`|${name})\\s*:`).test(line)
}
