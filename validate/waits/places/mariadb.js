/** A MariaDB server on the port in `PORT`, with data of its own that go with it. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'mariadb-'))
const data = join(folder, 'data')
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` }
const own = ['--no-defaults', '--user=root', `--datadir=${data}`]

const made = spawnSync('mariadb-install-db', [...own, '--auth-root-authentication-method=normal'], {
  env,
  stdio: ['ignore', 'ignore', 'inherit'],
})
if (made.status !== 0) throw new Error('MariaDB could not be set up.')
const server = spawn(
  'mariadbd',
  [
    ...own,
    `--port=${process.env.PORT}`,
    '--bind-address=127.0.0.1',
    `--socket=${join(folder, 'socket')}`,
    `--pid-file=${join(folder, 'pid')}`,
    // Nothing has to survive, and the disk would be measured too.
    '--innodb-flush-log-at-trx-commit=0',
  ],
  { env, stdio: ['ignore', 'inherit', 'inherit'] },
)
process.on('SIGTERM', () => server.kill('SIGTERM'))
server.on('exit', code => {
  rmSync(folder, { recursive: true, force: true })
  process.exit(code ?? 1)
})
