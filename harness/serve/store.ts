/** Windows of profiles in one SQLite file: each is whole or not there, and the oldest go when there are too many bytes. */
import { DatabaseSync } from 'node:sqlite'
import type { Group, Window } from '../model/kept-window.ts'

export type NewWindow = Omit<Window, 'id' | 'bytes'>

/** Which windows: of a service and a type, in a stretch of time. */
export interface Selection {
  service: string
  type: string
  /** Any, unless it is given. */
  version?: string
  from: number
  to: number
}

const SCHEMA = `
  create table if not exists windows (
    id integer primary key,
    service text not null,
    version text not null,
    type text not null,
    labels text not null,
    startedAt integer not null,
    duration integer not null,
    requests real,
    bytes integer not null,
    packed integer not null default 0
  ) strict;
  create table if not exists contents (id integer primary key, content blob not null) strict;
  create table if not exists packed (id integer primary key, profile blob not null) strict;
  create index if not exists by_group on windows (service, type, version, startedAt, bytes);
  create index if not exists by_time on windows (startedAt);
`

/** Columns of a window. The size of what is packed counts for the limit only. */
const FIELDS = 'id, service, version, type, labels, startedAt, duration, requests, bytes'

/** Rows that go at once when there is no room: more than one, so that this does not happen with every window. */
const GO_AT_ONCE = 16

export class WindowStore {
  readonly #database: DatabaseSync
  readonly #keep: number
  #bytes: number

  /**
   * @param file is created if it is missing
   * @param keep bytes of profiles
   * @throws Error when the file cannot be opened, or is not such a database
   */
  constructor(file: string, keep: number) {
    // Somebody else may look into the file at the same time.
    this.#database = new DatabaseSync(file, { timeout: 5_000 })
    // What was answered with 200 survives a process that is killed. A machine that loses its power may lose the last second.
    this.#database.exec(
      'pragma journal_mode = wal; pragma synchronous = normal; pragma auto_vacuum = incremental;',
    )
    this.#database.exec(SCHEMA)
    const isNew = this.#database.prepare("select 1 from pragma_table_info('windows') where name = 'packed'")
    if (!isNew.get()) this.#database.exec('alter table windows add column packed integer not null default 0')
    this.#keep = keep
    const total = this.#database.prepare('select total(bytes + packed) as bytes from windows')
    this.#bytes = Number(total.get()!.bytes)
  }

  /** @param content pprof @param packed what pages read instead; the window is kept when this returns */
  add({ labels, ...window }: NewWindow, content: Uint8Array, packed: Uint8Array): void {
    this.#inOne(() => {
      const { lastInsertRowid } = this.#database
        .prepare(
          'insert into windows (service, version, type, labels, startedAt, duration, requests, bytes, packed) values (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        )
        .run(
          window.service,
          window.version,
          window.type,
          JSON.stringify(labels),
          Math.round(window.startedAt),
          Math.round(window.duration),
          window.requests,
          content.length,
          packed.length,
        )
      this.#database.prepare('insert into contents (id, content) values (?, ?)').run(lastInsertRowid, content)
      this.#database.prepare('insert into packed (id, profile) values (?, ?)').run(lastInsertRowid, packed)
    })
    this.#bytes += content.length + packed.length
    while (this.#bytes > this.#keep && this.#dropOldest()) {}
  }

  #dropOldest(): boolean {
    const old = this.#database
      .prepare('select id, bytes + packed as bytes from windows order by startedAt, id limit ?')
      .all(GO_AT_ONCE) as { id: number; bytes: number }[]
    // The newest window stays, however large it is.
    const count = Number(this.#database.prepare('select count(*) as count from windows').get()!.count)
    const gone = old.slice(0, Math.min(old.length, count - 1))
    if (gone.length === 0) return false
    this.#inOne(() => {
      for (const { id } of gone)
        for (const table of ['windows', 'contents', 'packed'])
          this.#database.prepare(`delete from ${table} where id = ?`).run(id)
    })
    this.#database.exec('pragma incremental_vacuum(256)')
    for (const { bytes } of gone) this.#bytes -= bytes
    return true
  }

  #inOne(work: () => void): void {
    this.#database.exec('begin immediate')
    try {
      work()
      this.#database.exec('commit')
    } catch (error) {
      this.#database.exec('rollback')
      throw error
    }
  }

  groups(): Group[] {
    return this.#database
      .prepare(
        `select service, version, type, count(*) as windows, sum(bytes) as bytes, min(startedAt) as first, max(startedAt) as last
        from windows group by service, type, version order by service, type, last desc`,
      )
      .all() as unknown as Group[]
  }

  /** The oldest first. */
  windows({ service, type, version, from, to }: Selection): Window[] {
    const rows = this.#database
      .prepare(
        `select ${FIELDS} from windows where service = ? and type = ? and startedAt >= ? and startedAt <= ?
        ${version === undefined ? '' : 'and version = ?'} order by startedAt, id`,
      )
      .all(service, type, from, to, ...(version === undefined ? [] : [version]))
    return rows.map(row => ({ ...row, labels: JSON.parse(String(row.labels)) }) as unknown as Window)
  }

  window(id: number): Window | undefined {
    const row = this.#database.prepare(`select ${FIELDS} from windows where id = ?`).get(id)
    return row && ({ ...row, labels: JSON.parse(String(row.labels)) } as unknown as Window)
  }

  /** pprof, gzipped. */
  content(id: number): Uint8Array | undefined {
    const row = this.#database.prepare('select content from contents where id = ?').get(id)
    return row?.content as Uint8Array | undefined
  }

  /** Missing where an older version has kept the window. */
  packed(id: number): Uint8Array | undefined {
    const row = this.#database.prepare('select profile from packed where id = ?').get(id)
    return row?.profile as Uint8Array | undefined
  }

  close(): void {
    this.#database.close()
  }
}
