/** Names that may not leave the service: the same one is always the same hash, so that functions are known again. */

/** What V8 and Node are called is no secret. */
function shown(text, hashes) {
  if (!hashes || text === '' || text.startsWith('(') || text.startsWith('node:')) return text
  return require('node:crypto').createHash('sha256').update(text).digest('hex').slice(0, 16)
}

module.exports = { shown }
