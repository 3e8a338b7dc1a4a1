/** Asks services for profiles, again and again, as Go's tools do: `/debug/pprof/profile?seconds=…`. */
import { setTimeout as sleep } from 'node:timers/promises'
import { windowOf } from '../profile/index.ts'
import { decode } from './decoded.ts'
import type { Received } from './receive.ts'

export interface Scraped {
  service: string
  /** Address of a profile, without a query. */
  url: string
}

/** Milliseconds that an answer may take besides the time of the profile. */
const PATIENCE = 5_000

/**
 * Ends with the signal.
 *
 * @param every ms from one profile to the next; a profile takes nearly all of it
 * @param keep called with every profile @param tell called with what went wrong
 */
export async function scrape(
  { service, url }: Scraped,
  every: number,
  signal: AbortSignal,
  keep: (received: Received) => void,
  tell: (problem: string) => void,
): Promise<void> {
  const seconds = Math.max(1, Math.floor(every / 1_000) - 1)
  while (!signal.aborted) {
    const began = Date.now()
    try {
      keep(await taken(service, `${url}?seconds=${seconds}`, seconds * 1_000, signal))
    } catch (error) {
      if (!signal.aborted) tell(`${service}: ${url} gave no profile: ${messageOf(error)}`)
    }
    const left = Math.max(0, began + every - Date.now())
    await sleep(left, undefined, { signal }).catch(() => {})
  }
}

async function taken(service: string, url: string, duration: number, signal: AbortSignal): Promise<Received> {
  const startedAt = Date.now()
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(duration + PATIENCE)]),
  })
  if (!response.ok) throw new Error(`status ${response.status}`)
  const content = new Uint8Array(await response.arrayBuffer())
  const profile = decode(content)
  const known = windowOf(profile)
  return {
    content,
    profile,
    window: {
      service,
      version: known?.version ?? '',
      type: profile.valueTypes.at(-1)!.type,
      labels: { scraped: new URL(url).host },
      startedAt,
      duration: profile.duration || duration,
      requests: known?.requests ?? null,
    },
  }
}

const messageOf = (error: unknown): string => {
  const { message, cause } = error as Error
  return cause instanceof Error && cause.message !== '' ? cause.message : message
}
