/** Files for the reader: the record, every profile in it, and a flame for speedscope. */
import { element } from './dom.js'
import { inflate, unbase64 } from './inflate.js'

export function offerDownloads(box) {
  const name = box.dataset.name
  const bytes = inflate(document.getElementById('record-data').textContent)
  const record = bytes.then(it => JSON.parse(new TextDecoder().decode(it)))
  const select = document.getElementById('profile-select')
  document.getElementById('download-record').addEventListener('click', async () => {
    save(await bytes, 'application/json', `${name}.record.json`)
  })
  document.getElementById('download-profile').addEventListener('click', async () => {
    const [round, variant, collector] = JSON.parse(select.value)
    const launch = (await record).rounds[round].launches[variant]
    const file = `${name}.${variant}.${collector}.round-${round + 1}.pb.gz`
    save(unbase64(launch.collected[collector].profile), 'application/gzip', file)
  })
  record.then(it => fill(select, it))
}

function fill(select, { rounds, plan }) {
  const options = rounds.flatMap((round, i) =>
    round.launches.flatMap((launch, j) => {
      const label = plan.variants.find(it => it.id === launch.variant)?.label ?? launch.variant
      return Object.keys(launch.collected)
        .filter(collector => launch.collected[collector].profile)
        .map(collector => {
          const textContent = `round ${i + 1}, ${label.slice(0, 60)}, ${collector}`
          return element('option', { value: JSON.stringify([i, j, collector]), textContent })
        })
    }),
  )
  select.append(...options)
  document.getElementById('download-profile').disabled = options.length === 0
}

const UNITS = { ns: 'nanoseconds', µs: 'microseconds', ms: 'milliseconds', s: 'seconds', bytes: 'bytes' }

/** A flame in the format of speedscope (https://www.speedscope.app), with a profile for each side. */
export function saveSpeedscope(tree, title) {
  const content = {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'flamegate',
    name: title,
    shared: {
      frames: tree.frames.map(({ name, file, line }) => ({
        name,
        file: file || undefined,
        line: line > 0 ? line : undefined,
      })),
    },
    profiles: ['before', 'after'].map(side => profileOf(tree, side)),
  }
  const name = title.toLowerCase().replace(/\W+/g, '-')
  save(JSON.stringify(content), 'application/json', `${name}.speedscope.json`)
}

function profileOf(tree, side) {
  const samples = []
  const weights = []
  for (let i = 0; i < tree.length; i++) {
    if (!(tree[side][i] > 0)) continue
    const stack = []
    for (let at = i; at >= 0; at = tree.parent[at]) stack.push(tree.frame[at])
    samples.push(stack.reverse())
    weights.push(tree[side][i])
  }
  const endValue = weights.reduce((sum, weight) => sum + weight, 0)
  return {
    type: 'sampled',
    name: side,
    unit: UNITS[tree.unit] ?? 'none',
    startValue: 0,
    endValue,
    samples,
    weights,
  }
}

function save(bytes, type, name) {
  const url = URL.createObjectURL(new Blob([bytes], { type }))
  element('a', { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
