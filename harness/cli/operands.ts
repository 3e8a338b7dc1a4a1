import { UsageError } from '../model/errors.ts'
import type { Command } from './command.ts'

const NUMBERS = ['nothing', 'one operand', 'two operands', 'three operands']

/**
 * The words that a command takes, exactly as many as its table says.
 *
 * @throws UsageError when there are more or fewer
 */
export function expectOperands(
  name: string,
  { operands }: Pick<Command, 'operands'>,
  words: string[],
): string[] {
  const wanted = operands === '' ? 0 : operands.split(' ').length
  if (words.length === wanted) return words
  const given = words.length === 0 ? 'none was' : `${words.length} ${words.length === 1 ? 'was' : 'were'}`
  throw new UsageError(`\`${name}\` takes ${NUMBERS[wanted]}, and ${given} given.`, {
    advice: `Write \`npx flamegate ${name} ${operands}\`.`,
  })
}
