/** Mistakes that people make in a scenario, and what they are told: literals. */
import { expect, test } from 'vitest'
import { check } from '../../harness/plan/problems.ts'
import { scenario as schema } from '../../harness/plan/schema.ts'

const step = { name: 'GET /', method: 'GET', path: '/' }
const target = { name: 'shop', command: ['node', 'server.js'], directory: '/shop' }
const load = { steps: [step] }
const good = { target, variants: { a: {}, b: {} }, baseline: 'a', load }

const parse = (value: unknown) => check(schema, value, 'The scenario')
const withTarget = (changes: object) => ({ ...good, target: { ...target, ...changes } })
const withLoad = (changes: object) => ({ ...good, load: { ...load, ...changes } })
const withStep = (changes: object) => withLoad({ steps: [{ ...step, ...changes }] })

test('a good scenario comes through unchanged', () => {
  expect(parse(good)).toEqual({ value: good })
})

test.each([
  ['every 10 ms', 'v1.2/cached', 'schnörkellos', '-cold', '.hidden', 'a: b', "it's"],
  ['日本語', '100%', '#1', 'a?b=c'],
])('variants may be called %j, %j …', (...ids) => {
  const scenario = { ...good, variants: Object.fromEntries(ids.map(id => [id, {}])), baseline: ids[0] }
  expect(parse(scenario)).toEqual({ value: scenario })
})

const NAME = 'text of at most 64 characters, without commas and line breaks'

test.each<[unknown, string | string[]]>([
  [undefined, 'The scenario is missing; it has to be an object.'],
  [null, 'The scenario has to be an object, but it is null.'],
  [[good], 'The scenario has to be an object, but it is a list.'],
  [
    Promise.resolve(good),
    ['`target` is missing; it has to be an object.', '`load` is missing; it has to be an object.'],
  ],
  [{ load }, '`target` is missing; it has to be an object.'],
  [{ ...good, gate: {} }, 'There is no setting `gate`. Did you mean `gates`?'],
  [{ ...good, connections: 5 }, 'There is no setting `connections`. Write it as `load.connections`.'],
  [{ ...good, timeout: 5 }, 'There is no setting `timeout`. Write it as `target.timeout`.'],
  [{ ...good, steps: [] }, 'There is no setting `steps`. Write it as `load.steps`.'],
  [
    withTarget({ comand: 'x', enviroment: {} }),
    [
      'There is no setting `comand` in `target`. Did you mean `command`?',
      'There is no setting `enviroment` in `target`. Did you mean `environment`?',
    ],
  ],
  [
    { ...good, variants: { a: {}, b: { zzz: 1 } } },
    'There is no setting `zzz` in `variants.b`. Known settings: label, environment, args, directory, node.',
  ],
  [
    withTarget({ command: 'node server.js' }),
    "`target.command` has to be a list of words, for example ['node', 'server.js'], but it is 'node server.js': write ['node', 'server.js'].",
  ],
  [
    withTarget({ command: [] }),
    "`target.command` has to be a list of words, for example ['node', 'server.js'], but it is an empty list.",
  ],
  [
    withTarget({ command: ['node', 80] }),
    '`target.command[1]` has to be text, but it is 80: write it in quotes.',
  ],
  [
    withTarget({ directory: '.' }),
    "`target.directory` has to be an absolute path, for example `import.meta.dirname`, but it is '.'.",
  ],
  [
    withTarget({ directory: new URL('file:///shop') }),
    '`target.directory` has to be text, but it is a URL: use `import.meta.dirname`.',
  ],
  [
    withTarget({ environment: { PORT: 3000 } }),
    '`target.environment.PORT` has to be text, but it is a number: write it in quotes.',
  ],
  [
    withTarget({ environment: { API_TOKEN: 81726354 } }),
    '`target.environment.API_TOKEN` has to be text, but it is a number: write it in quotes.',
  ],
  [
    withTarget({ environment: { 'A=B': 'c' } }),
    "`target.environment` has the name 'A=B'; a name has to be that of a variable, without `=`.",
  ],
  [withTarget({ listen: 'tcp' }), "`target.listen` has to be 'http', 'https' or 'socket', but it is 'tcp'."],
  [
    withTarget({ ready: 'health' }),
    "`target.ready` has to be a path that starts with `/`, without spaces, but it is 'health'.",
  ],
  [
    withTarget({ timeout: '10s' }),
    "`target.timeout` has to be a whole number of milliseconds from 1 on, but it is '10s': write 10000.",
  ],
  [
    withTarget({ prepare: 'npm ci' }),
    "`target.prepare` has to be a list of words, for example ['npm', 'ci'] or false, but it is 'npm ci': write ['npm', 'ci'].",
  ],
  [
    { ...good, variants: [{}, {}] },
    '`variants` has to be an object, but it is a list: write { plain: {}, cached: { … } }.',
  ],
  [
    { ...good, variants: {} },
    ['`variants` has to be an object with one variant at least, but it is an empty object.'],
  ],
  [
    withStep({ capture: { id: { path: 'id' } } }),
    "`load.steps[0].capture.id` has to be one of { json: 'user.id' }, { header: 'etag' }, { cookie: 'session' } and { match: 'id=(.+)' }, but it is an object.",
  ],
  [
    withStep({ capture: { id: { match: 'id' } } }),
    "`load.steps[0].capture.id.match` has to be a regular expression with a group, for example 'id=(.+)', but it is 'id'.",
  ],
  [
    withStep({ expect: { body: /"ok":true/ } }),
    '`load.steps[0].expect.body` has to be text, a function or a schema, but it is a regular expression: write body => /"ok":true/.test(body).',
  ],
  [{ ...good, variants: { a: {}, 'b,c': {} } }, `\`variants\` has the name 'b,c'; a name has to be ${NAME}.`],
  [{ ...good, variants: { a: {}, ' b': {} } }, `\`variants\` has the name ' b'; a name has to be ${NAME}.`],
  [
    { ...good, variants: { a: {}, 'b\nc': {} } },
    `\`variants\` has the name 'b\\nc'; a name has to be ${NAME}.`,
  ],
  [{ ...good, name: 'x'.repeat(65) }, `\`name\` has to be ${NAME}, but it is '${'x'.repeat(60)}…'.`],
  [
    { ...good, baseline: 'toString' },
    "`baseline` has to be one of the variants (a, b), but it is 'toString'.",
  ],
  [
    { target, load, baseline: 'a' },
    "`baseline` has to be left out, since there are no `variants`, but it is 'a'.",
  ],
  [
    { target, load, variants: { 20: {}, 10: {} } },
    '`baseline` is missing; it has to be the name of a variant, since names that are figures have no order.',
  ],
  [{ ...good, load: [step] }, '`load` has to be an object, but it is a list: write { steps: [ … ] }.'],
  [
    withLoad({ steps: [] }),
    '`load.steps` has to be a list with one request at least, but it is an empty list.',
  ],
  [withLoad({ steps: step }), '`load.steps` has to be a list, but it is an object.'],
  [
    withLoad({ steps: ['/orders'] }),
    "`load.steps[0]` has to be an object, but it is '/orders': write get('/orders').",
  ],
  [withLoad({ steps: [() => step] }), '`load.steps[0]` has to be an object, but it is a function: call it.'],
  [
    withStep({ path: 'x' }),
    "`load.steps[0].path` has to be a path that starts with `/`, without spaces, but it is 'x'.",
  ],
  [withStep({ method: 'get' }), "`load.steps[0].method` has to be a method in capitals, but it is 'get'."],
  [
    withStep({ headers: { a: 'b\r\nc: d' } }),
    '`load.steps[0].headers.a` has to be text on one line, but it is text.',
  ],
  [
    withStep({ body: { a: 1 } }),
    '`load.steps[0].body.kind` is missing; it has to be made with json(…), form(…), multipart(…), raw(…) or file(…).',
  ],
  [
    withStep({ body: '{}' }),
    '`load.steps[0].body` has to be made with json(…), form(…), multipart(…), raw(…) or file(…), but it is text.',
  ],
  [
    withStep({ expect: { status: '200' } }),
    "`load.steps[0].expect.status` has to be a whole number from 100 to 599 or a list, but it is '200': write it without quotes.",
  ],
  [withStep({ expects: 200 }), 'There is no setting `expects` in `load.steps[0]`. Did you mean `expect`?'],
  [withStep({ weight: 0 }), '`load.steps[0].weight` has to be a number above 0, but it is 0.'],
  [
    withStep({ capture: { id: { match: 'no group' } } }),
    "`load.steps[0].capture.id.match` has to be a regular expression with a group, for example 'id=(.+)', but it is 'no group'.",
  ],
  [
    withLoad({ connections: Number.POSITIVE_INFINITY }),
    '`load.connections` has to be a whole number from 1 to 1000, but it is Infinity.',
  ],
  [
    withLoad({ connections: '20' }),
    "`load.connections` has to be a whole number from 1 to 1000, but it is '20': write it without quotes.",
  ],
  [
    withLoad({ rate: '70' }),
    "`load.rate` has to be a number of requests per second, or a share, for example '70%', but it is '70': write it without quotes.",
  ],
  [
    withLoad({ data: { file: 'users.txt' } }),
    "`load.data.file` has to be a .csv, .jsonl or .ndjson file, but it is 'users.txt'.",
  ],
  [
    { ...good, gates: ['cpu.perRequest<=+2%'] },
    "`gates` has to be an object, but it is a list: write { 'cpu.perRequest': '+2%' }.",
  ],
  [
    { ...good, gates: { errors: true } },
    '`gates.errors` has to be text, a number or an object, but it is true.',
  ],
  [
    { ...good, gates: { errors: { maxx: 3 } } },
    'There is no setting `maxx` in `gates.errors`. Did you mean `max`?',
  ],
  [
    { ...good, gates: { errors: { max: 3, level: 'warning' } } },
    "`gates.errors.level` has to be 'error' or 'warn', but it is 'warning'.",
  ],
  [
    { ...good, sameAnswers: 'false' },
    "`sameAnswers` has to be true or false, but it is 'false': write it without quotes.",
  ],
  [{ ...good, collectors: 'cpu' }, "`collectors` has to be a list, but it is 'cpu': put it in brackets."],
  [
    { ...good, ci: { maxTime: 'soon' } },
    "`ci.maxTime` has to be a time, for example '90s', but it is 'soon'.",
  ],
  [
    { ...good, limits: { boot: '30s' } },
    "`limits.boot` has to be a whole number of milliseconds from 1 on, but it is '30s': write 30000.",
  ],
])('%#: %j', (scenario, told) => {
  expect(parse(scenario)).toEqual({ problems: [told].flat() })
})
