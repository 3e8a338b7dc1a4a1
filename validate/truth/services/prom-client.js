/** Is scraped. */
import { listen, require } from '../serve.js'

const { Counter, Histogram, register } = require('prom-client')
const labelNames = ['method', 'route', 'status']
const seconds = new Histogram({ name: 'request_seconds', help: 'time of requests', labelNames })
const total = new Counter({ name: 'requests_total', help: 'number of requests', labelNames })
for (const method of ['GET', 'POST', 'PUT'])
  for (const route of ['/orders', '/items']) {
    const labels = { method, route, status: '200' }
    seconds.observe(labels, 0.05)
    total.inc(labels)
  }

listen((_, response) => response.end(register.metrics()))
