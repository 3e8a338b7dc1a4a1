/** Counts a few requests, and is scraped. */
import { require, serve } from '../serve.js'

const { Counter, Histogram, register } = require('prom-client')
const labelNames = ['method', 'route', 'status']
const seconds = new Histogram({ name: 'request_seconds', help: 'time of requests', labelNames })
const total = new Counter({ name: 'requests_total', help: 'number of requests', labelNames })
const METHODS = ['GET', 'POST', 'PUT']

serve(() => {
  for (let at = 0; at < 6; at++) {
    const labels = { method: METHODS[at % 3], route: `/route/${at % 2}`, status: '200' }
    seconds.observe(labels, at / 100)
    total.inc(labels)
  }
  return register.metrics().includes('request_seconds_count')
})
