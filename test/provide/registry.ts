/** A registry of npm on the loopback interface that has just the packages of one test. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export interface Published {
  name: string
  version: string
  /** Text of its `index.js`, an ES module. */
  index: string
  scripts?: Record<string, string>
  /** Further files, by name. */
  files?: Record<string, string>
}

/** @returns the environment under which npm asks this registry alone */
export async function registryWith(packages: Published[]): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'flamegate-registry-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const tarballs = new Map<string, Buffer>()
  for (const each of packages) tarballs.set(fileOf(each), await pack(each, folder))
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '')
    const tarball = tarballs.get(path.split('/-/')[1] ?? '')
    if (tarball) return response.end(tarball)
    const known = packages.filter(({ name }) => path === `/${name}`)
    if (known.length === 0) return response.writeHead(404).end('{}')
    const { port } = server.address() as AddressInfo
    response.end(JSON.stringify(packument(known, tarballs, port)))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return {
    npm_config_registry: `http://127.0.0.1:${port}/`,
    npm_config_cache: join(folder, 'cache'),
    npm_config_fetch_retries: '0',
    npm_config_dangerously_allow_all_scripts: 'true',
  }
}

const fileOf = ({ name, version }: Published) => `${name.replace('/', '-')}-${version}.tgz`

async function pack(published: Published, folder: string): Promise<Buffer> {
  const { name, version, index, scripts, files = {} } = published
  const home = join(folder, fileOf(published), 'package')
  await mkdir(home, { recursive: true })
  await writeFile(
    join(home, 'package.json'),
    JSON.stringify({ name, version, type: 'module', exports: './index.js', scripts }),
  )
  for (const [file, text] of Object.entries({ 'index.js': index, ...files }))
    await writeFile(join(home, file), text)
  const file = join(folder, `${fileOf(published)}.packed`)
  execFileSync('tar', ['-czf', file, '-C', join(home, '..'), 'package'])
  return readFileSync(file)
}

function packument(known: Published[], tarballs: Map<string, Buffer>, port: number) {
  const versions = known.map(each => {
    const { name, version, scripts } = each
    const integrity = `sha512-${createHash('sha512')
      .update(tarballs.get(fileOf(each))!)
      .digest('base64')}`
    const tarball = `http://127.0.0.1:${port}/${name}/-/${fileOf(each)}`
    return [version, { name, version, scripts, dist: { tarball, integrity } }]
  })
  return {
    name: known[0]!.name,
    'dist-tags': { latest: known.at(-1)!.version },
    versions: Object.fromEntries(versions),
  }
}
