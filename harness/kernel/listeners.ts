/** Where the processes of a launch listen (Linux). */
import { endianness } from 'node:os'
import { linkOf, namesIn, readText } from './proc.ts'
import { descendants } from './processes.ts'

export interface Listener {
  /** IP address. */
  host: string
  port: number
}

/** Listeners of a process tree; none where the platform does not say. */
export function listenersOf(root: number): Listener[] {
  const inodes = new Set(descendants(root).flatMap(socketsOf))
  // A container has a network of its own, so the root's table counts.
  return ['tcp', 'tcp6'].flatMap(table => parseListeners(readText(`/proc/${root}/net/${table}`), inodes))
}

/**
 * Addresses at which a listener can be reached. One that listens on every address is reached on loopback. A link-local
 * address is of no use without the name of its interface.
 */
export function addressesOf({ host }: Listener): string[] {
  if (host === '0.0.0.0') return [IPV4]
  // Most accept IPv4 there too, unless they asked for IPv6 only.
  if (host === '::') return [IPV4, IPV6]
  return host.startsWith('fe80:') ? [] : [host]
}

export const IPV4 = '127.0.0.1'
export const IPV6 = '::1'

function socketsOf(pid: number): string[] {
  return namesIn(`/proc/${pid}/fd`).flatMap(fd => {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1]
    return inode ? [inode] : []
  })
}

/** Rows of `/proc/net/tcp` and `tcp6` in state 0A (listening), as in proc_net_tcp(5). */
export function parseListeners(table: string, inodes: ReadonlySet<string>): Listener[] {
  return table
    .split('\n')
    .slice(1)
    .map(line => line.trim().split(/\s+/))
    .filter(columns => columns[3] === '0A' && inodes.has(columns[9] ?? ''))
    .map(([, local = '']) => {
      const [address = '', port = '0'] = local.split(':')
      return { host: hostOf(address), port: Number.parseInt(port, 16) }
    })
}

/** Words of 32 bits, each in the processor's byte order. */
function hostOf(hex: string): string {
  const words = hex.match(/.{8}/g) ?? []
  const bytes = words.flatMap(word => {
    const pairs = word.match(/../g)!.map(pair => Number.parseInt(pair, 16))
    return endianness() === 'LE' ? pairs.reverse() : pairs
  })
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! * 256 + bytes[2 * i + 1]!).toString(16))
  // An IPv4 address mapped into IPv6.
  if (groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff') return bytes.slice(12).join('.')
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}
