/** What a service that already runs counts itself, asked of the probe in it: its process may be on another machine. */
const PATH = 'debug/pprof/counters'

/**
 * @param probe where its endpoints are; @param limit milliseconds
 * @returns columns of the agent that the probe has; @throws Error that says what the probe answers instead
 */
export async function probeCounters(probe: string, limit: number): Promise<Record<string, number>> {
  const token = process.env.FLAMEGATE_COUNTERS_TOKEN
  const url = new URL(PATH, probe.endsWith('/') ? probe : `${probe}/`)
  const response = await fetch(url, {
    headers: token ? { authorization: `Bearer ${token}` } : {},
    redirect: 'error',
    signal: AbortSignal.timeout(limit),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answers ${response.status}`)
  const counters = countersIn(text)
  if (counters === undefined) throw new Error(`${url} answers no counters`)
  return counters
}

function countersIn(text: string): Record<string, number> | undefined {
  try {
    const entries: [string, unknown][] = Object.entries(JSON.parse(text))
    const known = entries.filter((entry): entry is [string, number] => Number.isFinite(entry[1]))
    return known.length > 0 && known.length === entries.length ? Object.fromEntries(known) : undefined
  } catch {
    return undefined
  }
}
