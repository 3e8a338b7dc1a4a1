import { reportOf, RECORDS } from './records.ts'
import { plain, sentence } from '../../reports/shared/sentence.ts'
for (const n of RECORDS) console.log(n, '::', plain(sentence(reportOf(n))))
const s = reportOf('several')
for (const l of s.analysis.leaks!) console.log(l.variant, l.verdict, l.reason, l.retained, l.frames.slice(0,2), l.series.length)
for (const l of s.analysis.snapshots!) console.log(l.variant, l.requests, l.before, l.after, l.rows.slice(0,2))
for (const n of ['open','phases']) console.log(n, reportOf(n).analysis.latency.map(c => [c.variant,c.step,c.kind,c.phase].join('/')).join(' '))
