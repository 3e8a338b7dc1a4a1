import { require, serve } from '../serve.js'

const { Histogram, Counter } = require('prom-client')
const labelNames = ['method', 'route', 'status']
const seconds = new Histogram({ name: 'request_seconds', help: 'time of requests', labelNames })
const total = new Counter({ name: 'requests_total', help: 'number of requests', labelNames })
const METHODS = ['GET', 'POST', 'PUT', 'DELETE']

serve(() => {
  for (let at = 0; at < 40; at++) {
    const labels = { method: METHODS[at % 4], route: `/route/${at % 5}`, status: '200' }
    seconds.observe(labels, at / 100)
    total.inc(labels)
  }
  return 'counted'
})
