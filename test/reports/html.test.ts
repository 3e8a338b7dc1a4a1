import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../harness/model/record.ts'
import { digits } from '../../harness/words/numbers.ts'
import html, { renderHtml } from '../../reports/html/index.ts'
import { recordPayload } from '../../reports/html/payload.ts'
import { responsible } from '../../reports/shared/culprits.ts'
import { plain, sentence } from '../../reports/shared/sentence.ts'
import { concluded, edited, METRICS, recordOf, reportOf } from './records.ts'
import {
  failed,
  family,
  hostile,
  inconclusive,
  launchesOf,
  longNames,
  regressed,
  withoutProfiles,
} from './variations.ts'

const digest = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`

/** What the templates make of a report: without the page's own style and script, which have their own tests. */
const body = (page: string): string =>
  page
    .replace(/content="default-src[^"]*"/, 'content="…"')
    .replace(/<(style|script)([^>]*)>[^<]*<\/\1>/g, (whole, tag, rest) =>
      whole.length > 400 ? `<${tag}${rest}>…</${tag}>` : whole,
    )
    .replace(/<script type="module">[\s\S]*?<\/script>/, '<script type="module">…</script>')

const small = () => reportOf('python')

describe.each(Object.entries({ small, failed }))('%s', (name, make) => {
  it('matches its golden file', async () => {
    await expect(body(renderHtml(make()))).toMatchFileSnapshot(`../golden/report-${name}.html`)
  })
})

describe.each(Object.entries({ regressed, inconclusive, family, failed, hostile, longNames }))(
  '%s page',
  (_, make) => {
    const page = renderHtml(make())

    it('is one file that refers to nothing outside of itself', () => {
      const markup = body(page)
      expect(markup).not.toMatch(/<(link|iframe|img|object|embed|base)\b/)
      expect(markup.match(/\s(?:src|href)="(?!#)[^"]*"/g)).toBeNull()
    })

    it('allows its own style and its own script, and nothing else', () => {
      const style = /<style>([\s\S]*?)<\/style>/.exec(page)![1]!
      const script = /<script type="module">([\s\S]*?)<\/script>/.exec(page)![1]!
      const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!
      const decoded = policy.replaceAll('&#x27;', "'").replaceAll('&#x3D;', '=').split('; ')
      expect(decoded).toEqual([
        "default-src 'none'",
        `style-src '${digest(style)}'`,
        `script-src '${digest(script)}'`,
        "base-uri 'none'",
        "form-action 'none'",
      ])
    })

    it('needs no inline style, which the policy would refuse', () => {
      expect(body(page)).not.toMatch(/\sstyle="|\son\w+="/)
    })

    it('is the same when it is rendered again', () => {
      expect(renderHtml(make())).toBe(page)
    })
  },
)

it('keeps hostile strings as text', () => {
  const page = renderHtml(hostile())
  expect(page).not.toContain('<script>alert')
  expect(page).not.toContain('<img src=x')
  expect(page).not.toMatch(/[\u202a-\u202e]/)
})

describe('a record that lacks something', () => {
  const BROKEN = /NaN|Infinity|undefined|\[object/

  it('without profiles says so', () => {
    expect(renderHtml(edited('regressed', withoutProfiles))).toContain('no profile of both sides')
  })

  it('of one round has no intervals but still has values', () => {
    const report = edited('regressed', run => run.rounds.splice(1))
    const page = renderHtml(report)
    expect(page).toContain(`${digits(report.analysis.comparisons[0]!.before!)}`)
    expect(page).toContain('Nothing could be compared')
  })

  it('of metrics that yield no number draws no NaN', () => {
    const metrics = METRICS.map(metric => ({ ...metric, measure: () => Number.NaN }))
    expect(body(renderHtml(concluded(recordOf('regressed'), metrics)))).not.toMatch(BROKEN)
  })

  it('of zero requests draws no NaN', () => {
    const report = edited('regressed', run => {
      for (const launch of launchesOf(run)) {
        launch.timed.requests = launch.timed.requests!.map(() => 0)
        launch.histograms.latency = []
      }
    })
    expect(body(renderHtml(report))).not.toMatch(BROKEN)
  })

  it('of errors alone has no latency, and counts them', () => {
    const report = edited('regressed', run => {
      for (const launch of launchesOf(run)) {
        const { requests } = launch.timed
        launch.timed.errors = requests!
        launch.timed.requests = requests!.map(() => 0)
        launch.histograms.latency = []
      }
    })
    const page = body(renderHtml(report))
    expect(page).toContain('No request was answered in the timed slices')
    expect(page).toMatch(/<dt>Errors<\/dt><dd>[1-9][\d,]+<\/dd>/)
    expect(page).not.toMatch(BROKEN)
  })

  it('of errors alone says that they were compared exactly, and gives no interval', () => {
    const exact = METRICS.filter(({ family }) => family === 'exact')
    const said = plain(sentence(concluded(recordOf('unusable'), exact)))
    expect(said).not.toContain('interval')
    const report = concluded(recordOf('errors'), exact)
    expect(plain(sentence(report))).toContain('(compared exactly)')
    expect(plain(sentence(report))).not.toContain('interval')
  })

  it('of wrong answers says that there is nothing to conclude, and what was answered', () => {
    const wrong = /88 % of the 3,?000 requests to broken went wrong \(2626 × GET \/orders: status 500\)\./
    const told = (edit: (run: RunRecord) => void) => plain(sentence(edited('unusable', edit)))
    expect(told(() => {})).toMatch(new RegExp(`^Its cost cannot be compared: ${wrong.source}$`))
    const onlyCost = (run: RunRecord) => run.plan.gates.splice(1)
    expect(told(onlyCost)).toMatch(new RegExp(`^There is nothing to conclude: ${wrong.source}$`))
    const third = (run: RunRecord) => {
      run.plan.variants.push({ ...run.plan.variants[0]!, id: 'again', label: 'again' })
      for (const { launches } of run.rounds) launches.push({ ...launches[0]!, variant: 'again' })
    }
    expect(told(third)).toMatch(new RegExp(`^${wrong.source} 2 variants against plain`))
    expect(body(renderHtml(reportOf('unusable')))).toContain('2626 × GET /orders: status 500')
  })

  it('of one bucket, or with moments of no request, still draws', () => {
    const report = regressed()
    for (const curve of report.analysis.latency) curve.histogram = [{ upTo: 400, count: curve.count }]
    for (const flame of report.analysis.flames) flame.moments?.requests.before.fill(0)
    expect(body(renderHtml(report))).not.toMatch(BROKEN)
  })
})

it('names what is responsible for a regression right below the sentence, and nothing without one', () => {
  const report = regressed()
  const [first] = responsible(report)
  expect(first).toBeDefined()
  const list = /<ul class="responsible"[^>]*>(.*?)<\/ul>/s
  expect(list.exec(renderHtml(report))?.[1]).toContain(first!.split(' (')[0])
  expect(renderHtml(inconclusive())).not.toMatch(list)
})

it('says what was found between two variants that are the same', () => {
  expect(renderHtml(regressed())).not.toContain('the same code')
  const report = edited('regressed', run => {
    const [first, second] = run.plan.variants
    Object.assign(second!, { ...first, id: second!.id, label: 'again' })
  })
  expect(renderHtml(report)).toContain('again: the same code')
})

it('says how much each of two runs measured, and does not take them for the same code', () => {
  const page = renderHtml(reportOf('joined'))
  expect(page).toContain('6 rounds each')
  expect(page).not.toContain('the same code')
  const shorter = edited('joined', run => run.rounds.splice(4))
  expect(renderHtml(shorter)).toContain('6 rounds before, 4 after')
})

it('tells two runs of one minute apart', () => {
  const [before, after] = reportOf('joined').evidence.subjects
  expect(before!.label).not.toBe(after!.label)
})

it('says which rounds were left out, and why', () => {
  expect(renderHtml(family())).toContain('Round 5 left out')
})

it('takes an earlier record along, and the profiles of both only as far as there is room', () => {
  const report = regressed()
  const large = 'A'.repeat(90_000)
  for (const { collected } of launchesOf(report.run)) {
    for (const result of Object.values(collected)) delete result.profile
    collected.cpu!.profile = large
  }
  report.run.recorded = structuredClone(report.run)
  const { data, left } = recordPayload(report)
  const record = JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString())
  expect(record.recorded.rounds).toHaveLength(9)
  expect(left).toBe(2 * 9 * 2 - 2)
  expect(JSON.stringify(record).split(large)).toHaveLength(3)
})

it('is named report.html', () => {
  expect(html.render(failed()).map(artifact => artifact.path)).toEqual(['report.html'])
})

describe('the trust section', () => {
  const trust = (edit: (run: RunRecord) => void) =>
    /<section class="card trust"[\s\S]*?<\/section>/.exec(renderHtml(edited('regressed', edit)))![0]

  it('says what the host took, where that is known', () => {
    const unknown = trust(run => {
      for (const launch of launchesOf(run)) delete launch.steal
    })
    expect(unknown).not.toContain('Taken by the host')
    const page = trust(run => {
      for (const [at, launch] of launchesOf(run).entries()) launch.steal = at === 1 ? 0.034 : 0.001
    })
    expect(page).toMatch(/Taken by the host<\/dt><dd>3\.4 %/)
  })

  it('has one row for collectors that shared their slices', () => {
    const page = trust(run => {
      for (const { collected } of launchesOf(run)) collected.twin = structuredClone(collected.cpu!)
      run.plan.collectors.push('twin')
    })
    expect(page).toMatch(/CPU, twin collectors<\/dt>.*measured together/)
  })

  it('explains changes that were not committed', () => {
    expect(trust(run => Object.assign(run.environment, { commit: 'abc123' }))).toMatch(/abc123<\/dd>/)
    expect(trust(run => Object.assign(run.environment, { commit: 'abc123+' }))).toMatch(
      /abc123 <small>with changes that were not committed/,
    )
  })

  it('keeps the command as it is, and its options in one piece', () => {
    const command = "npm run bench 'a  b.ts' -- --max-time 60s"
    const page = trust(run => Object.assign(run.plan, { repeat: command }))
    const code = /<code id="repeat">(.*?)<\/code>/.exec(page)![1]!
    expect(code.replace(/<[^>]*>/g, '').replaceAll('&#x27;', "'")).toBe(command)
    expect(code).toContain('<span class="option">--max-time</span>')
  })
})

it('states the level of the interval of a gate', () => {
  const report = regressed()
  report.verdict.gates[0]!.change!.confidence = 0.9937
  expect(renderHtml(report)).toContain('<small>99.4 % interval</small>')
})

it('has no row for what rounding leaves, and one for small owners and other threads', () => {
  const report = regressed()
  const rest = report.analysis.owners.find(({ kind }) => kind === 'rest')!
  Object.assign(rest, { before: 0, after: -1e-5 })
  const owners = () => /<div class="owners"[\s\S]*?<\/table>/.exec(renderHtml(report))![0]
  expect(owners()).not.toContain('small owners')
  rest.after = rest.before + 5
  expect(owners()).toContain('small owners, other threads')
})

it('lets a label break before its version', () => {
  const report = edited('regressed', run => {
    for (const [at, it] of run.plan.variants.entries()) it.label = `@koa/router@13.1.${at}`
  })
  expect(renderHtml(report)).toContain('@koa/router<wbr>@13.1.1')
})
