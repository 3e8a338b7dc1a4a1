'use strict'
const { isMainThread, Worker } = require('node:worker_threads')
function spin(ms) { const end = performance.now() + ms; let x = 0; while (performance.now() < end) x += Math.sqrt(x + 1); return x }
function mainWork() { return spin(120) }
function workerWork() { return spin(180) }
if (isMainThread) { for (let i = 0; i < 2; i++) new Worker(__filename); setTimeout(mainWork, 150) }
else workerWork()
