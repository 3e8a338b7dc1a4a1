/** Files in a folder, of which the oldest go when there are too many. Whatever is wrong with the folder costs the file and nothing else. */
const fs = require('node:fs')
const { dirname, join } = require('node:path')

const KEPT = /\.(pb|json)\.gz$/
/** Of a file that is being written. What a killed process leaves is removed after this many ms. */
const UNFINISHED = '.writing'
const ABANDONED = 60_000

class Store {
  #folder
  #keep
  #files
  #log

  /** @param keep bytes; @param files most of them */
  constructor({ folder, keep, files }, log) {
    this.#folder = folder
    this.#keep = keep
    this.#files = files
    this.#log = log
  }

  /** @param name relative to the folder; @returns whether it was written */
  write(name, bytes) {
    const path = join(this.#folder, name)
    try {
      fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      fs.writeFileSync(path + UNFINISHED, bytes, { mode: 0o600, flag: 'wx' })
      // A file with this name is always whole.
      fs.renameSync(path + UNFINISHED, path)
      this.#log.over('store', `files are written to ${this.#folder} again.`)
      this.#makeRoom()
      return true
    } catch (error) {
      this.#remove(path + UNFINISHED)
      this.#log.once('store', `a file could not be written, and is lost: ${error.message}`)
      return false
    }
  }

  /** Other processes can use the folder too, so a file may be gone already. */
  #makeRoom() {
    const found = fs.readdirSync(this.#folder, { recursive: true }).flatMap(name => {
      const stat = fs.statSync(join(this.#folder, name), { throwIfNoEntry: false })
      return stat?.isFile() ? [{ name, bytes: stat.size, time: stat.mtimeMs }] : []
    })
    const old = found.filter(({ name, time }) => name.endsWith(UNFINISHED) && Date.now() - time > ABANDONED)
    const kept = found.filter(({ name }) => KEPT.test(name)).sort((a, b) => b.time - a.time)
    let bytes = 0
    const tooMany = kept.filter((file, at) => {
      bytes += file.bytes
      return at > 0 && (at >= this.#files || bytes > this.#keep)
    })
    for (const { name } of [...old, ...tooMany]) this.#remove(join(this.#folder, name))
  }

  #remove(path) {
    try {
      fs.rmSync(path, { force: true })
    } catch {
      // It was never there, or it cannot be removed: another attempt follows with the next file.
    }
  }
}

module.exports = { Store }
