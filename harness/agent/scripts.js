/** What a thread of the target has loaded, and which text V8 runs: a loader may have put another one in the file's place. */
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** Characters of texts and maps in one answer: a message that is too long would end the connection. */
const MOST_TEXT = 2 ** 26

/** The agent's own files. */
const OWN = new URL('.', import.meta.url).href

/**
 * URLs of all files that this thread has loaded, and the scripts under those URLs that are asked for. It wakes V8's
 * debugger, which may cost the target optimised code: to be called when everything is measured.
 *
 * @param session of the inspector
 */
export function readScripts(session, urls) {
  const parsed = []
  const note = ({ params }) => parsed.push(params)
  session.on('Debugger.scriptParsed', note)
  try {
    postNow(session, 'Debugger.enable')
    const asked = new Set(urls)
    const scripts = parsed
      .filter(({ url }) => asked.has(url))
      .map(script => ({ ...script, text: postNow(session, 'Debugger.getScriptSource', script).scriptSource }))
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

/** Without the texts that are those of the files. What begins elsewhere than at the file's start has other positions. */
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
    if (text === textOnDisk(url)) return { url, asOnDisk: true, map }
    return { url, asOnDisk: false, text: fitting(text), map }
  })
}

/** Without the byte order mark, which Node keeps from V8. */
function textOnDisk(url) {
  try {
    const file = url.startsWith('file:') ? new URL(url) : pathToFileURL(url)
    file.search = file.hash = ''
    return fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  } catch {
    return undefined
  }
}

/** An embedder's name is that of the file, whatever a comment in the text says. Data and native modules are no scripts. */
function loadedFiles(parsed) {
  const scripts = parsed.map(({ embedderName }) => embedderName).filter(name => name?.startsWith('file:'))
  const modules = Object.keys(createRequire(import.meta.url).cache).map(path => pathToFileURL(path).href)
  return [...new Set([...scripts, ...modules])].filter(url => !url.startsWith(OWN))
}
