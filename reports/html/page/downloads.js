/** Hands out what is embedded: the record as JSON, and every profile in it. */
import { element } from './dom.js'
import { inflate, unbase64 } from './inflate.js'
import { save } from './save.js'

export function offerDownloads(box) {
  const name = box.dataset.name
  let record
  const bytes = () => inflate(document.getElementById('record-data').textContent)
  const read = async () => {
    record ??= JSON.parse(new TextDecoder().decode(await bytes()))
    return record
  }
  const select = document.getElementById('profile-select')
  document.getElementById('download-record').addEventListener('click', async () => {
    save(await bytes(), 'application/json', `${name}.record.json`)
  })
  document.getElementById('download-profile').addEventListener('click', async () => {
    const [round, variant, collector] = JSON.parse(select.value)
    const launch = (await read()).rounds[round].launches[variant]
    const file = `${name}.${variant}.${collector}.round-${round + 1}.pb.gz`
    save(unbase64(launch.captures[collector].profile), 'application/gzip', file)
  })
  // The record is only read when someone looks at the list.
  select.addEventListener('focus', async () => fill(select, await read()), { once: true })
  read().then(it => fill(select, it))
}

function fill(select, { rounds, plan }) {
  if (select.options.length > 0) return
  const options = rounds.flatMap((round, i) =>
    round.launches.flatMap((launch, j) => {
      const label = plan.variants.find(it => it.id === launch.variant)?.label ?? launch.variant
      return Object.keys(launch.captures)
        .filter(collector => launch.captures[collector].profile)
        .map(collector => {
          const textContent = `round ${i + 1}, ${label.slice(0, 60)}, ${collector}`
          return element('option', { value: JSON.stringify([i, j, collector]), textContent })
        })
    }),
  )
  select.append(...options)
  document.getElementById('download-profile').disabled = options.length === 0
}
