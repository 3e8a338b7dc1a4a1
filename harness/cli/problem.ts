/** An error as a person reads it: what happened, where, the evidence, and what to do next. */
import { MeasureError, UsageError } from '../model/errors.ts'
import type { Problem } from '../model/report.ts'
import { visible } from '../words/text.ts'
import { type Host, wantsColour } from './host.ts'

export const USAGE = 2
export const NOT_MEASURED = 3

/** Prints the problem on stderr; returns the exit code. */
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

/** A problem as data, for reports on several scenarios. */
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
    advice: 'This is a bug: please report it with the lines above.',
  }
}

/** The output of a target can contain anything; control characters other than line breaks are made visible. */
function inLines(text: string, indent: string): string {
  return text.trimEnd().replaceAll('\t', '    ').split(/\r?\n/).map(visible).join(`\n${indent}`)
}
