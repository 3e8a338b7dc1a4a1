/** What a thread of the target has loaded, and which text V8 runs, because a module hook can replace a file's text. */
const fs = require('node:fs')
const { isAbsolute, join } = require('node:path')
const { fileURLToPath, pathToFileURL } = require('node:url')

/** Characters of texts and maps in one reply: a message that is too long would end the connection. */
const MOST_TEXT = 2 ** 26

/** The agent's own files. */
const OWN = pathToFileURL(join(__dirname, '/')).href

/**
 * URLs of all files that this thread has loaded, and the scripts under the given URLs. It wakes V8's debugger, which can
 * cost the target optimised code, so everything must be measured before.
 *
 * @param session of the inspector
 */
function readScripts(session, urls) {
  const parsed = []
  const note = ({ params }) => parsed.push(params)
  session.on('Debugger.scriptParsed', note)
  try {
    postNow(session, 'Debugger.enable')
    const wanted = new Map(urls.map(url => [keyOf(url), url]))
    const scripts = parsed.flatMap(script => {
      const url = wanted.get(keyOf(script.url))
      if (url === undefined) return []
      return [{ ...script, url, text: postNow(session, 'Debugger.getScriptSource', script).scriptSource }]
    })
    return { loaded: loadedFiles(parsed), scripts: described(scripts) }
  } finally {
    session.off('Debugger.scriptParsed', note)
    postNow(session, 'Debugger.disable')
  }
}

/** The inspector answers its own thread before `post` returns, so nothing of the target runs while the debugger is awake. */
function postNow(session, method, { scriptId } = {}) {
  let reply
  session.post(method, scriptId && { scriptId }, (error, result) => {
    reply = { error, result }
  })
  if (!reply || reply.error) throw new Error(`${method}: ${reply?.error.message ?? 'no reply'}`)
  return reply.result
}

/** Leaves out a text that equals the file's, or that does not begin at the file's start: its positions are shifted. */
function described(scripts) {
  let room = MOST_TEXT
  const fitting = text => {
    if (text.length > room) return undefined
    room -= text.length
    return text
  }
  return scripts.map(({ url, text, sourceMapURL = '', startLine, startColumn }) => {
    if (startLine !== 0 || startColumn !== 0) return { url, asOnDisk: false }
    const map = sourceMapURL === '' ? undefined : fitting(sourceMapURL)
    if (withoutMark(text) === textOnDisk(url)) return { url, asOnDisk: true, map }
    return { url, asOnDisk: false, text: fitting(text), map }
  })
}

/** Characters of a name that V8 keeps in a profile. */
const NAME_KEPT = 1_024

/** The path with query and fragment, because one file's URL can be written in several ways. */
function keyOf(url) {
  try {
    const { search, hash } = new URL(url)
    return pathOf(url) + search + hash
  } catch {
    return url.slice(0, NAME_KEPT - 1)
  }
}

/** What follows "?" or "#" only defeats the module cache. */
function pathOf(url) {
  const plain = new URL(url)
  plain.search = plain.hash = ''
  return fileURLToPath(plain)
}

function textOnDisk(url) {
  try {
    return withoutMark(fs.readFileSync(pathOf(url), 'utf8'))
  } catch {
    return undefined
  }
}

/** Node keeps the byte order mark of most modules from V8. */
const withoutMark = text => text.replace(/^\uFEFF/, '')

/** The embedder names the file, whatever a comment in the text says. JSON and native modules are not scripts. */
function loadedFiles(parsed) {
  const scripts = parsed.flatMap(({ embedderName = '', sourceMapURL = '' }) =>
    embedderName.startsWith('data:') ? sourcesOf(sourceMapURL) : [embedderName],
  )
  const modules = Object.keys(require.cache)
  const urls = [...scripts, ...modules].map(name => (isAbsolute(name) ? pathToFileURL(name).href : name))
  return [...new Set(urls)].filter(url => url.startsWith('file:') && !url.startsWith(OWN))
}

/** A module hook that runs a module from a `data:` URL names the file only in its source map. */
function sourcesOf(map) {
  try {
    const [head, body] = [map.slice(0, map.indexOf(',')), map.slice(map.indexOf(',') + 1)]
    const text = head.endsWith(';base64') ? Buffer.from(body, 'base64').toString() : decodeURIComponent(body)
    return JSON.parse(text).sources.map(String)
  } catch {
    return []
  }
}

module.exports = { readScripts }
