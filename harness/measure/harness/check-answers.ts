/** Checks, before anything is measured, that the variants answer as expected, and alike. */
import { isDeepStrictEqual } from 'node:util'
import { request } from 'undici'
import { CATALOGUE } from '../../model/catalogue.ts'
import { MeasureError } from '../../model/errors.ts'
import type { HttpRequest, HttpResponse, PlannedRequest, Script, ScriptSession } from '../../model/http.ts'
import type { Plan } from '../../model/plan.ts'
import {
  beginningOf,
  decoded,
  EventCounter,
  isLimited,
  parsedJson,
  UnreadableBody,
  valuesOf,
} from '../../script/index.ts'
import type { Served } from './service.ts'

const ANSWER_TIMEOUT = 5_000
/** Bytes of an answer. An endless one must not fill the harness's memory. */
const LARGEST = 64 * 2 ** 20
/** Characters of an answer that a message shows. */
const SHOWN = 120

interface Answer {
  status: number
  /** Parsed if it is JSON, because the order of keys means nothing. */
  body: unknown
  text: string
  /** Its beginning, for a message. */
  shown: string
  /** How it differs from what the script expects. */
  problem: string | undefined
}

const ADVICE =
  'Only answers that the script expects (2xx unless it says otherwise) are measured: correct the step, what it expects, or the service.'

/**
 * Sends every step to every service once, with the values captured from that service's answers.
 *
 * @throws MeasureError when an answer is not as expected, or differs from the baseline's where it must not
 */
export async function checkAnswers(services: Served[], plan: Plan, script: Script): Promise<void> {
  const sessions = services.map(() => script.session(0))
  const [first] = sessions
  for (const request of first?.each ?? []) {
    const name = first!.nameOf(request)
    const answers = await Promise.all(services.map((service, i) => ask(service, sessions[i]!, request)))
    answers.forEach(({ problem, shown }, i) => {
      if (!problem) return
      throw services[i]!.failure(
        `answers ${name} with ${problem}${shown && `: ${shown}`}`,
        isLimited(problem) ? `This looks like a rate limiter. ${CATALOGUE['rate-limited'].advice}` : ADVICE,
      )
    })
    if (plan.sameAnswers) compare(services, answers, name, plan.baseline)
  }
}

function compare(services: Served[], answers: Answer[], step: string, baseline: string): void {
  const reference = answers[services.findIndex(({ variant }) => variant.id === baseline)]!
  answers.forEach((answer, i) => {
    if (answer.status === reference.status && isDeepStrictEqual(answer.body, reference.body)) return
    throw new MeasureError(`Variant \`${services[i]!.variant.id}\` answers ${step} differently.`, {
      place: step,
      advice:
        'A comparison needs the same answers; set `sameAnswers: false` in the scenario if they must differ.',
      details: difference(reference, answer, baseline, services[i]!.variant.id),
    })
  })
}

async function ask(service: Served, session: ScriptSession, planned: PlannedRequest): Promise<Answer> {
  try {
    const answer = await answerTo(service, session, planned)
    const text = readable(answer).toString('latin1')
    const [type = ''] = valuesOf(answer.headers, 'content-type')
    const json = type.includes('json') ? parsedJson(text) : undefined
    return {
      status: answer.status,
      body: json === undefined ? text : json,
      text,
      shown: beginningOf(answer, SHOWN),
      problem: session.receive(planned, answer),
    }
  } catch (cause) {
    throw service.failure(
      `gave no answer to ${session.nameOf(planned)}: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Ask for it by hand (curl) and see what the service does.',
    )
  }
}

/** The answer to the request of a step, or to the last one where it follows redirects. */
async function answerTo(
  { address }: Served,
  session: ScriptSession,
  planned: PlannedRequest,
): Promise<HttpResponse> {
  let sent = session.render(planned)
  for (let followed = 0; ; followed++) {
    const response = await received(sent, address, session.events(planned))
    const next = session.follow(planned, { request: sent, response, origin: address.origin, followed })
    if (!next) return response
    sent = next
  }
}

async function received(
  { method, path, ...sent }: HttpRequest,
  { origin, dispatcher }: Served['address'],
  events: number | undefined,
): Promise<HttpResponse> {
  const { statusCode, headers, body, trailers } = await request(origin + path, {
    method: method as 'GET',
    ...sent,
    dispatcher,
    // A body can trickle forever, which a time-out between two of its parts would not notice.
    signal: AbortSignal.timeout(ANSWER_TIMEOUT),
    // As in `readiness.ts`: no connection of ours must be closed later, while the service is measured.
    reset: true,
  })
  const content = await collect(body, events)
  // They are there once the body has been read, and count as headers: gRPC has its status in them.
  return { status: statusCode, headers: pairs({ ...headers, ...trailers }), ...content }
}

/** A body that cannot be decoded is compared as it came. A script that looks at the body refuses it. */
function readable(answer: Parameters<typeof decoded>[0]): Buffer {
  try {
    return decoded(answer)
  } catch (error) {
    if (error instanceof UnreadableBody) return answer.body
    throw error
  }
}

const pairs = (headers: Record<string, string | string[] | undefined>): string[] =>
  Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().flatMap(each => [name, each]))

/** @param enough server-sent events, after which the rest of the stream is left */
async function collect(
  body: AsyncIterable<Buffer>,
  enough: number | undefined,
): Promise<Pick<HttpResponse, 'body' | 'events'>> {
  const parts: Buffer[] = []
  const events = new EventCounter()
  let size = 0
  for await (const part of body) {
    const end = enough === undefined ? part.length : events.read(part, 0, part.length, enough)
    size += end
    if (size > LARGEST) throw new Error(`it is longer than ${LARGEST} bytes`)
    parts.push(part.subarray(0, end))
    if (enough !== undefined && events.count >= enough) break
  }
  return { body: Buffer.concat(parts), ...(enough !== undefined && { events: events.count }) }
}

function difference(reference: Answer, other: Answer, baseline: string, variant: string): string {
  if (reference.status !== other.status)
    return `${baseline}: ${reference.status}, ${variant}: ${other.status}`
  let at = 0
  while (at < reference.text.length && reference.text[at] === other.text[at]) at++
  const from = Math.max(0, at - 20)
  return [
    `First difference at character ${at}:`,
    `${baseline}: …${reference.text.slice(from, from + SHOWN)}`,
    `${variant}: …${other.text.slice(from, from + SHOWN)}`,
  ].join('\n')
}
