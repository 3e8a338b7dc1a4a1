/** What a thread of the target has loaded, and which text V8 runs: a loader can replace a file's text. */
const fs = require('node:fs')
const { isAbsolute, join } = require('node:path')
const { fileURLToPath, pathToFileURL } = require('node:url')

/** Characters of texts and maps in one answer: a message that is too long would end the connection. */
const MOST_TEXT = 2 ** 26

/** The agent's own files. */
const OWN = pathToFileURL(join(__dirname, '/')).href

/**
 * URLs of all files that this thread has loaded, and the scripts under those URLs that are asked for. It wakes V8's
 * debugger, which can cost the target optimised code, so it is for when everything is measured.
 *
 * @param session of the inspector
 */
function readScripts(session, urls) {
  const parsed = []
  const note = ({ params }) => parsed.push(params)
  session.on('Debugger.scriptParsed', note)
  try {
    postNow(session, 'Debugger.enable')
    const asked = new Map(urls.map(url => [keyOf(url), url]))
    const scripts = parsed.flatMap(script => {
      const url = asked.get(keyOf(script.url))
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
  let answer
  session.post(method, scriptId && { scriptId }, (error, result) => {
    answer = { error, result }
  })
  if (!answer || answer.error) throw new Error(`${method}: ${answer?.error.message ?? 'no answer'}`)
  return answer.result
}

/** Without texts that are the same as the file's. A script that does not begin at the file's start has other positions. */
function described(scripts) {
  let room = MOST_TEXT
  const fitting = text => {
    if (text.length > room) return undefined
    room -= text.length
    return text
  }
  return scripts.map(({ url, text, sourceMapURL = '', startLine, startColumn }) => {
    if (startLine !== 0 || startColumn !== 0) return { url, asOnDisk: false }
    const map = sourceMapURL.startsWith('data:') ? fitting(sourceMapURL) : undefined
    if (withoutMark(text) === textOnDisk(url)) return { url, asOnDisk: true, map }
    return { url, asOnDisk: false, text: fitting(text), map }
  })
}

/** Characters of a name that V8 keeps in a profile. */
const NAME_KEPT = 1_024

/** The path of a file, with what follows it: URLs of one path are written in several ways. */
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

/** An embedder's name is the file's, whatever a comment in the text says. Data and native modules are not scripts. */
function loadedFiles(parsed) {
  const scripts = parsed.flatMap(({ embedderName = '', sourceMapURL = '' }) =>
    embedderName.startsWith('data:') ? sourcesOf(sourceMapURL) : [embedderName],
  )
  const modules = Object.keys(require.cache)
  const urls = [...scripts, ...modules].map(name => (isAbsolute(name) ? pathToFileURL(name).href : name))
  return [...new Set(urls)].filter(url => url.startsWith('file:') && !url.startsWith(OWN))
}

/** A loader that has a module run from a `data:` URL names the file in its map only. */
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
