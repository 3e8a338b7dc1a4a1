import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import type { BaselineQuestion, BaselineSource } from '../model/capabilities.ts'
import { UsageError } from '../model/errors.ts'
import { type Check, check } from './check.ts'

const MEANINGLESS = ['no-such-thing', '../../etc', '-rf', 'a b', '\0', 'x'.repeat(500)]

/**
 * @param understood a reference, without the prefix, that means something in the questions
 * @param ask makes a question about a reference, in a fresh project
 */
export function baselineContract(
  source: BaselineSource,
  understood: string,
  ask: (reference: string) => BaselineQuestion | Promise<BaselineQuestion>,
): Check[] {
  return [
    check('says how it is written', () => {
      assert.ok(source.form.startsWith(source.prefix))
      assert.match(source.form, /<.+>$/)
    }),
    check('gives one baseline among variants of different names, or a record to judge against', async () => {
      const { variants, baseline, recorded } = await source.plan(await ask(understood))
      const ids = variants.map(({ id }) => id)
      assert.equal(ids[0], baseline)
      assert.equal(new Set(ids).size, ids.length)
      assert.ok(variants.length > 1 || recorded !== undefined)
    }),
    check('makes nothing', async () => {
      const { checkout } = await source.plan(await ask(understood))
      if (checkout) assert.ok(!existsSync(checkout.folder))
    }),
    ...MEANINGLESS.map(reference =>
      check(`refuses ${JSON.stringify(reference.slice(0, 20))} with a way out`, async () => {
        const question = await ask(reference)
        await assert.rejects(source.plan(question), error => error instanceof UsageError && !!error.advice)
      }),
    ),
  ]
}
