/** Gzip. Loaded when something is written: it takes a megabyte of this thread. */
const zip = bytes => require('node:zlib').gzipSync(bytes)

module.exports = { zip }
