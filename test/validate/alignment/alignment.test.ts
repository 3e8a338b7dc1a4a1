import { describe, expect, it } from 'vitest'
import { buildCallTree } from '../../../harness/profile/index.ts'
import { seededRandom } from '../../../harness/stats/random.ts'
import { profileOf } from '../../../validate/alignment/calls.ts'
import { type Listed, listFunctions, placesIn } from '../../../validate/alignment/functions.ts'
import { added, type Mistake, NO_TALLY, scoreOf, truthOf } from '../../../validate/alignment/score.ts'

const FILE = '/app/node_modules/p/index.js'
const PROGRAM = `function outer(rows) {
  return rows.map(row => inner(row.id)).filter(Boolean)
}
const inner = id => { return this.lookUp(id) }
`
const LOG = `v8-version,14,6
code-creation,JS,10,1,0x1,3, ${FILE}:1:1,0x2,~
code-creation,JS,10,2,0x1,3,outer ${FILE}:1:15,0x2,~
code-creation,JS,10,3,0x1,3, ${FILE}:2:19,0x2,~
code-creation,JS,10,4,0x1,3,get a\\x2C b file:///app/a%20b/x.mjs:9:2,0x2,~
code-creation,JS,10,5,0x1,3,inner ${FILE}:4:15,0x2,~
code-creation,JS,0,6,0x1,3,inner ${FILE}:4:15,0x2,*
code-creation,Builtin,2,6,0x1,3,ArrayMap
code-source-info,0x1,1
`

describe('the functions of a program', () => {
  const places = placesIn(LOG)

  it('are what V8 logged, each once, whatever code it made of them', () => {
    expect(places.get(FILE)!.map(({ name, line, column }) => `${name} ${line}:${column}`)).toEqual([
      ' 1:1',
      'outer 1:15',
      ' 2:19',
      'inner 4:15',
    ])
    expect(places.get('/app/a b/x.mjs')).toEqual([
      { name: 'get a, b', file: '/app/a b/x.mjs', line: 9, column: 2 },
    ])
  })

  it('have their own text, calls and surroundings', () => {
    const [module, outer, callback, inner] = listFunctions(PROGRAM, places.get(FILE)!) as Listed[]
    expect(module).toMatchObject({ text: '', around: -1 })
    expect(outer).toMatchObject({ around: 0, calls: ['filter', 'map'] })
    expect(callback).toMatchObject({ around: 1, calls: ['inner'], size: 8 })
    expect(callback!.text.split('\n').join(' ')).toBe('row => inner ( row . id )')
    expect(inner).toMatchObject({ around: 0, calls: ['lookUp'] })
  })

  it('call one another in a profile, by name, or else from the function around them', () => {
    const functions = listFunctions(PROGRAM, places.get(FILE)!)
    const { frames, parent, frame } = buildCallTree([profileOf(functions, 1, seededRandom(1))])
    const names = [...frame].map((at, node) => {
      const up = parent[node]!
      return `${up === -1 ? '' : frames[frame[up]!]!.name || 'anonymous'} > ${frames[at]!.name || 'anonymous'}`
    })
    expect(names.sort()).toEqual([
      ' > anonymous',
      'anonymous > inner',
      'anonymous > outer',
      'outer > anonymous',
    ])
    const few = buildCallTree([profileOf(functions, 0.4, seededRandom(3))])
    expect(few.frames.length).toBeLessThan(frames.length)
  })
})

const fn = (name: string, text: string, file = FILE): Listed => ({
  name,
  file,
  line: 1,
  column: 1,
  text: text.split(' ').join('\n'),
  size: text.split(' ').length,
  calls: [],
  around: -1,
})

const LONG = 'a b c d e f g h i j k l m n'
const OTHER = 'one two three four five six seven eight nine ten eleven twelve'

describe('what is known', () => {
  it('is one function where the text is the same and unique; a short one in its file only', () => {
    const before = [
      fn('x', LONG),
      fn('', 'return it'),
      fn('', 'copy'),
      fn('', 'copy'),
      fn('far', 'short one'),
    ]
    const after = [
      fn('', 'return it'),
      fn('y', LONG, '/app/node_modules/p/lib/y.js'),
      fn('', 'copy'),
      fn('far', 'short one', '/app/node_modules/p/lib/y.js'),
    ]
    expect([...truthOf(before, after).twins]).toEqual([
      [0, 1],
      [1, 0],
    ])
  })

  it('is a stranger where no other has its name, or a text like it', () => {
    const before = [fn('gone', OTHER), fn('kept', LONG), fn('edited', `${LONG} o p`)]
    const after = [fn('kept', OTHER.replaceAll('e', 'u')), fn('renamed', `${LONG} q r`)]
    const { strangers } = truthOf(before, after)
    expect([...strangers.before]).toEqual([0])
    expect([...strangers.after]).toEqual([])
  })
})

describe('the score', () => {
  const truth = {
    twins: new Map([
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 3],
    ]),
    strangers: { before: new Set([4, 5]), after: new Set([6]) },
  }
  const all = { before: () => true, after: () => true }

  it('counts wrong and missed matches, and those of functions without a counterpart', () => {
    const mistakes: Mistake[] = []
    const alignment = {
      forward: new Map([
        [0, 0],
        [1, 2],
        [2, -1],
        [3, 6],
        [4, -1],
      ]),
      backward: new Map([
        [0, 0],
        [1, -1],
        [2, 1],
        [6, 3],
      ]),
    }
    const tally = scoreOf(truth, alignment, all, it => mistakes.push(it))
    // 0 is right; 1 went to 2; 2 was taken; 3 was sampled on one side only, as was 6; 4 stays alone.
    expect(tally).toEqual({ known: 3, wrong: 2, missed: 0, alone: 3, false: 2 })
    expect(mistakes.map(({ what }) => what)).toEqual(['wrong', 'wrong', 'false', 'false'])
  })

  it('counts a function that nothing took as missed, and only those that are asked for', () => {
    const alignment = { forward: new Map([[0, -1]]), backward: new Map([[0, -1]]) }
    expect(scoreOf(truth, alignment, all)).toEqual({ ...NO_TALLY, known: 1, missed: 1 })
    expect(scoreOf(truth, alignment, { before: () => false, after: () => false })).toEqual(NO_TALLY)
  })

  it('adds up', () => {
    const one = { known: 1, wrong: 2, missed: 3, alone: 4, false: 5 }
    expect(added([one, one])).toEqual({ known: 2, wrong: 4, missed: 6, alone: 8, false: 10 })
    expect(added([])).toEqual(NO_TALLY)
  })
})
