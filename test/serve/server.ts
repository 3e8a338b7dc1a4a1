/** A server that keeps what tests push. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { serving } from '../../harness/cli/commands/serve.ts'
import { type Served, serve } from '../../harness/serve/index.ts'

/** @param more of what is served */
export async function started(more: Partial<Served> = {}) {
  const told: string[] = []
  const folder = mkdtempSync(join(tmpdir(), 'flamegate-serve-'))
  const served: Served = {
    file: join(folder, 'windows.sqlite'),
    keep: 1e8,
    host: '127.0.0.1',
    port: 0,
    scraped: [],
    every: 60_000,
    pages: serving,
    tell: line => void told.push(line),
    ...more,
  }
  const { address, close } = await serve(served)
  let isOpen = true
  const end = async () => {
    if (isOpen) await close()
    isOpen = false
  }
  onTestFinished(end)
  return { address, told, served, end }
}

export const push = (
  address: string,
  body: Uint8Array | string | FormData,
  { name = 'shop{version=1.4}', more = '', headers = {} } = {},
) =>
  fetch(`${address}/ingest?name=${encodeURIComponent(name)}${more}`, {
    method: 'POST',
    body: body as RequestInit['body'],
    headers,
  })

export const page = async (address: string, path: string) => {
  const response = await fetch(address + path)
  return { status: response.status, text: await response.text() }
}

/** Identifiers of the windows of a service and a type. */
export async function kept(address: string, service = 'shop', type = 'cpu'): Promise<string[]> {
  const { text } = await page(address, `/windows?service=${service}&type=${type}`)
  return [...text.matchAll(/href="(\/windows\/\d+)\.pb\.gz"/g)].map(([, path]) => path!)
}
