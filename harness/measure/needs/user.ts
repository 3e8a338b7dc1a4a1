/** PostgreSQL refuses to run as root, so it is started as somebody with fewer rights. */
import { execFileSync } from 'node:child_process'

interface Identity {
  /** The user that must own its files. Absent: the one who runs Flamegate. */
  owner?: { user: number; group: number }
  /** Beginning of its command. */
  as: string[]
}

/** @param name of the user that a package has created for the server; where there is none, `nobody` */
export function identityOf(name: string): Identity {
  if (process.getuid?.() !== 0) return { as: [] }
  const user = idOf('-u', name) ?? idOf('-u', 'nobody') ?? NOBODY
  const group = idOf('-g', name) ?? idOf('-g', 'nobody') ?? NOBODY
  return {
    owner: { user, group },
    as: ['setpriv', `--reuid=${user}`, `--regid=${group}`, '--clear-groups', '--'],
  }
}

const NOBODY = 65_534

function idOf(flag: '-u' | '-g', name: string): number | undefined {
  try {
    return Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
  } catch {
    return undefined
  }
}
