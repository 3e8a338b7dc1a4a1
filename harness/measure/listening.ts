/** Where the processes of a launch listen for TCP connections, from the kernel's tables. Source: proc_pid_net(5). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { descendants } from './driver/kernel.ts'

export interface Listening {
  /** As it stands in a URL: an address of IPv6 is in brackets. */
  host: string
  port: number
}

/** @returns `null` where the platform does not tell */
export function listeningSockets(root: number): Listening[] | null {
  try {
    const inodes = new Set(descendants(root).flatMap(socketsOf))
    const sockets = ['tcp', 'tcp6'].flatMap(table => rowsOf(`/proc/${root}/net/${table}`, inodes))
    return sockets.filter(
      ({ host, port }, i) => i === sockets.findIndex(one => one.host === host && one.port === port),
    )
  } catch {
    return null
  }
}

function socketsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap(fd => {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1]
    return inode ? [inode] : []
  })
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** The rows in state 0A, which is listening. */
function rowsOf(table: string, inodes: Set<string>): Listening[] {
  return readFileSync(table, 'latin1')
    .split('\n')
    .slice(1)
    .map(line => line.trim().split(/\s+/))
    .filter(columns => columns[3] === '0A' && inodes.has(columns[9] ?? ''))
    .map(columns => parseSocket(columns[1]!))
}

/**
 * `0100007F:1F90`: an address in words of the machine's byte order, which is little-endian wherever Node runs, and a port.
 * One that stands for all of the machine's addresses becomes the loopback address.
 */
export function parseSocket(text: string): Listening {
  const [address = '', port = '0'] = text.split(':')
  const bytes = Buffer.from(address, 'hex')
  for (let word = 0; word < bytes.length; word += 4) bytes.subarray(word, word + 4).reverse()
  const isAny = bytes.every(byte => byte === 0)
  return {
    host: bytes.length === 4 ? ipv4(bytes, isAny) : ipv6(bytes, isAny),
    port: Number.parseInt(port, 16),
  }
}

const ipv4 = (bytes: Buffer, isAny: boolean): string => (isAny ? '127.0.0.1' : [...bytes].join('.'))

function ipv6(bytes: Buffer, isAny: boolean): string {
  if (isAny) return '[::1]'
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname
}
