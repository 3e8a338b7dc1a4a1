/** Preloaded into a worker: its clocks are an hour ahead. */
import { performance } from 'node:perf_hooks'

const HOUR = 3_600_000
const [now, since] = [Date.now, performance.now.bind(performance)]
Date.now = () => now() + HOUR
performance.now = () => since() + HOUR
