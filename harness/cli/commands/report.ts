/** `report <record>`: renders a saved record again. */
import { stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { saveRecord } from '../../store/index.ts'
import type { Command } from '../command.ts'
import { printReport, writeReports } from '../deliver.ts'
import { concludeSaved, openRecord } from '../recorded.ts'

export const report: Command = {
  operands: '<record>',
  help: 'render a saved record again, without measuring',
  details: `Renders a record (record.json, or the folder of its run) into the same files again. They are written next to the record,
or into --output. The same record gives the same page, byte for byte. The exit code does not depend on the verdict.`,
  flags: ['json', 'output'],
  async run({ words, options }, host, engine) {
    const [path] = words as [string]
    const { metrics, reporters } = await engine.loadCapabilities(host.cwd())
    const record = await openRecord(path, host)
    const rendered = concludeSaved(record, metrics, path)
    const home = await folderOf(resolve(host.cwd(), path))
    const folder = options.output === undefined ? home.folder : resolve(host.cwd(), options.output)
    if (!home.holds || folder !== home.folder) await saveRecord(folder, record)
    const { json, page } = await writeReports(rendered, reporters, folder)
    if (options.json) host.stdout.write(json)
    else printReport(rendered, page, host)
  },
}

/** A record under another name can be among other files, so its reports get a folder of their own. */
async function folderOf(path: string): Promise<{ folder: string; holds: boolean }> {
  if ((await stat(path)).isDirectory()) return { folder: path, holds: true }
  if (basename(path) === 'record.json') return { folder: dirname(path), holds: true }
  return { folder: `${path.replace(/\.json$/, '')}-report`, holds: false }
}
