/** A service that was compiled or bundled: its functions stand at their places in the sources. */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { hashOf } from '../../harness/profile/index.ts'
import { folderOf, HELPER, profiled, SERVICE, TRUE_PLACES } from './profiled.ts'

/** Ways to build a service of which only the output is run. */
const BUILDS: Record<string, (folder: string) => Promise<string>> = {
  'bundled by esbuild': folder =>
    bundled(join(folder, 'server.ts'), join(folder, 'dist'), { sourcemap: 'linked' }),
  'minified by esbuild': folder =>
    bundled(join(folder, 'server.ts'), join(folder, 'dist'), { sourcemap: 'linked', minify: true }),
  'compiled by tsc': folder => compiledByTsc(folder, 'dist'),
  'compiled by tsc, then bundled': async folder =>
    await bundled(await compiledByTsc(folder, 'build'), join(folder, 'dist'), { sourcemap: 'inline' }),
}

async function bundled(main: string, outdir: string, options: BuildOptions): Promise<string> {
  await build({ entryPoints: [main], outdir, bundle: true, platform: 'node', format: 'esm', ...options })
  return join(outdir, 'server.js')
}

async function compiledByTsc(folder: string, out: string): Promise<string> {
  const tsc = join(dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))), 'bin', 'tsc')
  const types = dirname(fileURLToPath(import.meta.resolve('@types/node/package.json')))
  await execa(process.execPath, [
    ...[
      tsc,
      '--ignoreConfig',
      '--outDir',
      join(folder, out),
      '--sourceMap',
      '--module',
      'nodenext',
      '--target',
      'es2023',
    ],
    ...['--rewriteRelativeImportExtensions', '--noCheck', '--rootDir', folder, '--typeRoots', dirname(types)],
    join(folder, 'server.ts'),
  ])
  return join(folder, out, 'server.js')
}

describe.each(Object.entries(BUILDS))('a service that was %s', (_, make) => {
  it('has the lines of its files', async () => {
    const folder = await folderOf({
      'package.json': JSON.stringify({ type: 'module' }),
      'server.ts': SERVICE,
      'helper.ts': HELPER,
    })
    const { frames, unknown, files } = await profiled(folder, [await make(folder)])
    expect(unknown).toEqual([])
    expect(frames).toContain(TRUE_PLACES[0])
    expect(files[join(folder, 'server.ts')]).toBe(hashOf(SERVICE))
    // What a bundler adds has no source. Which of the small functions were sampled is chance.
    const own = frames.filter(it => /(server|helper)\.ts:/.test(it))
    for (const it of own) expect(TRUE_PLACES).toContain(it)
    expect(frames.filter(it => /^(slow|list|helper) (dist|build)/.test(it))).toEqual([])
  })
})
