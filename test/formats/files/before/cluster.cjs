'use strict'
const cluster = require('node:cluster')
function spin(ms) { const end = performance.now() + ms; let x = 0; while (performance.now() < end) x += Math.sqrt(x + 1); return x }
if (cluster.isPrimary) { for (let i = 0; i < 3; i++) cluster.fork() }
else { spin(120); process.disconnect() }
