/** An error as a person reads it: what happened, where, the evidence, and what to do next. */
import { MeasureError, UsageError } from '../model/errors.ts'
import type { Problem } from '../model/outcome.ts'
import { visible } from '../words/text.ts'
import { type Host, wantsColour } from './host.ts'

export const USAGE = 2
export const NOT_MEASURED = 3

/** Tells it on stderr; returns the exit code. */
export function tellProblem(error: unknown, host: Host): number {
  host.stderr.write(problem(error, wantsColour(host, host.stderr)))
  return error instanceof UsageError ? USAGE : NOT_MEASURED
}

export function problem(error: unknown, colour: boolean): string {
  const red = (text: string) => (colour ? `\u001b[31m${text}\u001b[0m` : text)
  const known = error instanceof UsageError || error instanceof MeasureError
  const { message, place, details, advice } = known ? error : unforeseen(error)
  const lines = [
    `${red('✖')} ${inLines(message, '  ')}`,
    ...(place ? [`  in ${visible(place)}`] : []),
    ...(details ? ['', `    ${inLines(details, '    ')}`, ''] : []),
    ...(advice ? [`  → ${inLines(advice, '    ')}`] : []),
  ]
  return `${lines.join('\n')}\n`
}

/** The same as data, for the files that report on several scenarios. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof UsageError || error instanceof MeasureError))
    return { message: `Flamegate itself failed: ${error instanceof Error ? error.message : String(error)}` }
  const { message, place, advice, details } = error
  return { message, place, advice, details }
}

function unforeseen(error: unknown) {
  return {
    message: 'Flamegate itself failed.',
    place: undefined,
    details: error instanceof Error ? (error.stack ?? error.message) : String(error),
    advice: 'This is a mistake of ours: please report it with the lines above.',
  }
}

/** Output of a target may contain anything; only its line breaks are kept. */
function inLines(text: string, indent: string): string {
  return text.trimEnd().replaceAll('\t', '    ').split(/\r?\n/).map(visible).join(`\n${indent}`)
}
