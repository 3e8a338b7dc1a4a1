import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import html, { renderHtml } from '../../reports/html/index.ts'
import { recordPayload } from '../../reports/html/payload.ts'
import { responsible } from '../../reports/shared/culprits.ts'
import { plain, sentence } from '../../reports/shared/sentence.ts'
import {
  failed,
  family,
  hostile,
  inconclusive,
  JSON_VARIANTS,
  longNames,
  regressed,
  sampleReport,
} from './sample.ts'

const digest = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`

/** What the templates make of a report: without the page's own style and script, which have their own tests. */
const body = (page: string): string =>
  page
    .replace(/content="default-src[^"]*"/, 'content="…"')
    .replace(/<(style|script)([^>]*)>[^<]*<\/\1>/g, (whole, tag, rest) =>
      whole.length > 400 ? `<${tag}${rest}>…</${tag}>` : whole,
    )
    .replace(/<script type="module">[\s\S]*?<\/script>/, '<script type="module">…</script>')

const short = () => sampleReport(JSON_VARIANTS.slice(0, 2), 2)

describe.each(Object.entries({ short, failed }))('%s', (name, make) => {
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
  it('without profiles says so', () => {
    const report = sampleReport()
    Object.assign(report.analysis, { frames: [], flames: [], budgets: [] })
    expect(renderHtml(report)).toContain('no profile of both sides')
  })

  it('of one round has no intervals but still has values', () => {
    const report = sampleReport(undefined, 1)
    for (const it of report.analysis.comparisons) it.change = null
    for (const it of report.analysis.flames) it.low = it.high = it.parent.map(() => null)
    const page = renderHtml(report)
    expect(page).toContain('38.2')
    expect(page).toContain('Nothing could be compared')
  })

  it('of zero requests, or with NaN, draws no NaN', () => {
    const report = sampleReport()
    for (const it of report.analysis.comparisons) {
      Object.assign(it, {
        before: Number.NaN,
        ratios: [Number.NaN],
        change: { ...it.change, low: Number.NaN },
      })
    }
    for (const launch of report.run.rounds.flatMap(round => round.launches)) {
      launch.timed.requests = launch.timed.requests.map(() => 0)
    }
    for (const curve of report.analysis.latency) Object.assign(curve, { points: [], histogram: [] })
    expect(body(renderHtml(report))).not.toMatch(/NaN|Infinity|undefined|\[object/)
  })

  it('of errors alone has no latency, and counts them', () => {
    const report = sampleReport()
    report.analysis.latency = []
    for (const launch of report.run.rounds.flatMap(round => round.launches)) {
      launch.timed.errors = launch.timed.requests
      launch.timed.requests = launch.timed.requests.map(() => 0)
    }
    const page = body(renderHtml(report))
    expect(page).toContain('No request was answered in the timed slices')
    expect(page).toMatch(/<dt>Errors<\/dt><dd>[1-9][\d,]+<\/dd>/)
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/)
  })

  it('of errors alone says that they were compared exactly, and gives no interval', () => {
    const report = sampleReport()
    report.analysis.comparisons = report.analysis.comparisons.filter(({ exact }) => exact)
    const told = plain(sentence(report))
    expect(told).toContain('(compared exactly)')
    expect(told).not.toContain('interval')
  })

  it('of wrong answers says that there is nothing to conclude, and what was answered', () => {
    const report = family()
    const unusable = '99 % of the 300 requests to it went wrong (297 × GET /: status 429).'
    report.verdict = { ...report.verdict, status: 'not comparable', unusable }
    expect(plain(sentence(report))).toMatch(/^99 % of the 300 .* 429\)\. 4 variants against /)
    report.run.plan.variants.length = 1
    expect(plain(sentence(report))).toBe(`There is nothing to conclude: ${unusable}`)
    report.verdict.status = 'regressed'
    expect(plain(sentence(report))).toBe(`Its cost cannot be compared: ${unusable}`)
    report.verdict.status = 'not comparable'
    expect(body(renderHtml(report))).toContain('297 × GET /: status 429')
  })

  it('of one bucket, or with moments of no request, still draws', () => {
    const report = sampleReport()
    for (const curve of report.analysis.latency) curve.histogram = [{ upTo: 400, count: curve.count }]
    for (const flame of report.analysis.flames) flame.moments?.requests.before.fill(0)
    expect(body(renderHtml(report))).not.toMatch(/NaN|Infinity|undefined|\[object/)
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
  const report = sampleReport()
  const [first, second] = report.run.plan.variants
  expect(renderHtml(report)).not.toContain('the same code')
  Object.assign(second!, { ...first, id: second!.id, label: 'again' })
  expect(renderHtml(report)).toContain('again: the same code')
})

it('says which rounds were left out, and why', () => {
  expect(renderHtml(sampleReport())).toContain('Round 5 left out')
})

it('takes an earlier record along, and the profiles of both only as far as there is room', () => {
  const report = sampleReport()
  const large = 'A'.repeat(90_000)
  for (const launch of report.run.rounds.flatMap(round => round.launches)) {
    launch.captures.cpu!.profile = large
  }
  report.run.recorded = structuredClone(report.run)
  const { data, left } = recordPayload(report)
  const record = JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString())
  expect(record.recorded.rounds).toHaveLength(8)
  expect(left).toBe(2 * 8 * 2 - 2)
  expect(JSON.stringify(record).split(large)).toHaveLength(3)
})

it('is named report.html', () => {
  expect(html.render(failed()).map(artifact => artifact.path)).toEqual(['report.html'])
})
