/** Closed loop by workers that somebody else starts, on this machine or on others. */
import { readFileSync } from 'node:fs'
import type { Loader, LoadOptions } from '../model/capabilities.ts'
import { MeasureError } from '../model/errors.ts'
import { openSession } from './gate/engine.ts'
import type { Place } from './gate/gate.ts'
import { LACKS } from './gate/lacks.ts'

/** Where workers find the gate unless the load says otherwise. */
const LISTEN = '127.0.0.1:7007'

const gate: Loader = {
  name: 'gate',
  inTurn: true,
  warmer: 'closed',
  lacks: LACKS,
  open: options => openSession(options, { place: placeOf }),
}

export default gate

/** @throws MeasureError when workers on other machines could not be told from anybody else */
function placeOf({ load: { listen = LISTEN } }: LoadOptions): Place {
  const { hostname, port } = new URL(`http://${listen}`)
  const host = hostname.replaceAll(/^\[|\]$/g, '')
  const { FLAMEGATE_GATE_TOKEN: token, FLAMEGATE_GATE_CERT: cert, FLAMEGATE_GATE_KEY: key } = process.env
  const isLocal = host === '::1' || host === 'localhost' || host.startsWith('127.')
  if (!isLocal && !(token && cert && key))
    throw new MeasureError(`The gate would listen on ${listen} for anybody.`, {
      advice:
        'Set FLAMEGATE_GATE_TOKEN, and FLAMEGATE_GATE_CERT and FLAMEGATE_GATE_KEY to the files of a certificate.',
    })
  return {
    host,
    port: Number(port),
    ...(token && { token }),
    ...(cert && key && { tls: { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') } }),
  }
}
