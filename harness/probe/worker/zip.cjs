/** Gzip. Loaded when something is written: the memory of this thread is the service's. */
const zip = bytes => require('node:zlib').gzipSync(bytes)

module.exports = { zip }
