/** The mix of routes that the probe has counted. */
import { UsageError } from '../../model/errors.ts'
import { windowOf } from '../../profile/index.ts'
import { readProfiles } from '../../store/index.ts'
import { mixed, type Traffic } from './traffic.ts'

/** @throws UsageError when the folder has no windows, or none with a path that can be sent */
export async function trafficOfWindows(folder: string): Promise<Traffic> {
  const windows = (await readProfiles(folder)).flatMap(({ profile }) => windowOf(profile) ?? [])
  const counts = new Map<string, number>()
  for (const { routes } of windows)
    for (const { route, requests } of routes) counts.set(route, (counts.get(route) ?? 0) + requests)
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const [routes, others] = [[] as { path: string; count: number }[], new Map<string, number>()]
  for (const [route, count] of counts) {
    const [, method, path = ''] = /^(\S+) (\/.*)$/.exec(route) ?? []
    // What stands for a part of the path is not known here.
    if (method === 'GET' && !/[:*…{]/.test(path)) routes.push({ path, count })
    else others.set(route, count)
  }
  if (routes.length > 0) return mixed(routes, others, all)
  throw new UsageError(
    windows.length === 0
      ? 'The folder has no windows of the probe.'
      : 'Every route of these windows needs a value in its path, or a body.',
    { place: folder, advice: 'Give a folder of windows, or write the steps by hand.' },
  )
}
