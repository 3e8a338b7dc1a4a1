/** Mistakes that people make in a scenario, with their messages. */
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

test('a valid scenario is returned unchanged', () => {
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
  [undefined, 'The scenario is missing; it must be an object.'],
  [null, 'The scenario must be an object, but it is null.'],
  [[good], 'The scenario must be an object, but it is a list.'],
  [
    Promise.resolve(good),
    ['`target` is missing; it must be an object.', '`load` is missing; it must be an object.'],
  ],
  [{ load }, '`target` is missing; it must be an object.'],
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
    'There is no setting `zzz` in `variants.b`. Known settings: label, environment, args, directory, node, image, url, pid, container, probe.',
  ],
  [
    withTarget({ command: 'node server.js' }),
    "`target.command` must be a list of words, for example ['node', 'server.js'], but it is 'node server.js': write ['node', 'server.js'].",
  ],
  [
    withTarget({ command: [] }),
    "`target.command` must be a list of words, for example ['node', 'server.js'], but it is an empty list.",
  ],
  [
    withTarget({ command: ['node', 80] }),
    '`target.command[1]` must be text, but it is 80: write it in quotes.',
  ],
  [
    withTarget({ directory: '.' }),
    "`target.directory` must be an absolute path, for example `import.meta.dirname`, but it is '.'.",
  ],
  [
    withTarget({ directory: new URL('file:///shop') }),
    '`target.directory` must be text, but it is a URL: use `import.meta.dirname`.',
  ],
  [
    withTarget({ environment: { PORT: 3000 } }),
    '`target.environment.PORT` must be text, but it is a number: write it in quotes.',
  ],
  [
    withTarget({ environment: { API_TOKEN: 81726354 } }),
    '`target.environment.API_TOKEN` must be text, but it is a number: write it in quotes.',
  ],
  [
    withTarget({ environment: { 'A=B': 'c' } }),
    "`target.environment` has the name 'A=B'; a name must be text without `=`.",
  ],
  [withTarget({ listen: 'tcp' }), "`target.listen` must be 'http', 'https' or 'socket', but it is 'tcp'."],
  [
    withTarget({ ready: 'health' }),
    "`target.ready` must be a path that starts with `/`, without spaces, but it is 'health'.",
  ],
  [
    withTarget({ timeout: '10s' }),
    "`target.timeout` must be a whole number of milliseconds from 1 on, but it is '10s': write 10000.",
  ],
  [
    withTarget({ prepare: 'npm ci' }),
    "`target.prepare` must be a list of words, for example ['npm', 'ci'] or false, but it is 'npm ci': write ['npm', 'ci'].",
  ],
  [
    { ...good, variants: [{}, {}] },
    '`variants` must be an object, but it is a list: write { plain: {}, cached: { … } }.',
  ],
  [
    { ...good, variants: {} },
    ['`variants` must be an object with one variant at least, but it is an empty object.'],
  ],
  [
    withStep({ capture: { id: { path: 'id' } } }),
    "`load.steps[0].capture.id` must be one of { json: 'user.id' }, { header: 'etag' }, { cookie: 'session' } and { match: 'id=(.+)' }, but it is an object.",
  ],
  [
    withStep({ capture: { id: { match: 'id' } } }),
    "`load.steps[0].capture.id.match` must be a regular expression with a group, for example 'id=(.+)', but it is 'id'.",
  ],
  [
    withStep({ expect: { body: /"ok":true/ } }),
    '`load.steps[0].expect.body` must be text, a function or a schema, but it is a regular expression: write body => /"ok":true/.test(body).',
  ],
  [{ ...good, variants: { a: {}, 'b,c': {} } }, `\`variants\` has the name 'b,c'; a name must be ${NAME}.`],
  [{ ...good, variants: { a: {}, ' b': {} } }, `\`variants\` has the name ' b'; a name must be ${NAME}.`],
  [
    { ...good, variants: { a: {}, 'b\nc': {} } },
    `\`variants\` has the name 'b\\nc'; a name must be ${NAME}.`,
  ],
  [{ ...good, name: 'x'.repeat(65) }, `\`name\` must be ${NAME}, but it is '${'x'.repeat(60)}…'.`],
  [{ ...good, baseline: 'toString' }, "`baseline` must be one of the variants (a, b), but it is 'toString'."],
  [
    { target, load, baseline: 'a' },
    "`baseline` must be left out, since there are no `variants`, but it is 'a'.",
  ],
  [
    { target, load, variants: { 20: {}, 10: {} } },
    '`baseline` is missing; it must be the name of a variant, since names that are numbers have no order.',
  ],
  [{ ...good, load: [step] }, '`load` must be an object, but it is a list: write { steps: [ … ] }.'],
  [
    withLoad({ steps: [] }),
    '`load.steps` must be a list with one request at least, but it is an empty list.',
  ],
  [withLoad({ steps: step }), '`load.steps` must be a list, but it is an object.'],
  [
    withLoad({ steps: ['/orders'] }),
    "`load.steps[0]` must be an object, but it is '/orders': write get('/orders').",
  ],
  [withLoad({ steps: [() => step] }), '`load.steps[0]` must be an object, but it is a function: call it.'],
  [
    withStep({ path: 'x' }),
    "`load.steps[0].path` must be a path that starts with `/`, without spaces, but it is 'x'.",
  ],
  [withStep({ method: 'get' }), "`load.steps[0].method` must be a method in capitals, but it is 'get'."],
  [
    withStep({ headers: { a: 'b\r\nc: d' } }),
    '`load.steps[0].headers.a` must be text on one line, but it is text.',
  ],
  [
    withStep({ body: { a: 1 } }),
    '`load.steps[0].body.kind` is missing; it must be made with json(…), form(…), multipart(…), raw(…) or file(…).',
  ],
  [
    withStep({ body: '{}' }),
    '`load.steps[0].body` must be made with json(…), form(…), multipart(…), raw(…) or file(…), but it is text.',
  ],
  [
    withStep({ expect: { status: '200' } }),
    "`load.steps[0].expect.status` must be a whole number from 100 to 599 or a list, but it is '200': write it without quotes.",
  ],
  [withStep({ expects: 200 }), 'There is no setting `expects` in `load.steps[0]`. Did you mean `expect`?'],
  [withStep({ weight: 0 }), '`load.steps[0].weight` must be a number above 0, but it is 0.'],
  [
    withStep({ capture: { id: { match: 'no group' } } }),
    "`load.steps[0].capture.id.match` must be a regular expression with a group, for example 'id=(.+)', but it is 'no group'.",
  ],
  [
    withLoad({ connections: Number.POSITIVE_INFINITY }),
    '`load.connections` must be a whole number from 1 to 1000, but it is Infinity.',
  ],
  [
    withLoad({ connections: '20' }),
    "`load.connections` must be a whole number from 1 to 1000, but it is '20': write it without quotes.",
  ],
  [
    withLoad({ rate: '70' }),
    "`load.rate` must be a number of requests per second, or a share, for example '70%', but it is '70': write it without quotes.",
  ],
  [
    withLoad({ data: { file: 'users.txt' } }),
    "`load.data.file` must be a .csv, .jsonl or .ndjson file, but it is 'users.txt'.",
  ],
  [
    { ...good, gates: ['cpu.perRequest<=+2%'] },
    "`gates` must be an object, but it is a list: write { 'cpu.perRequest': '+2%' }.",
  ],
  [
    { ...good, gates: { errors: true } },
    '`gates.errors` must be text, a number or an object, but it is true.',
  ],
  [
    { ...good, gates: { errors: { maxx: 3 } } },
    'There is no setting `maxx` in `gates.errors`. Did you mean `max`?',
  ],
  [
    { ...good, gates: { errors: { max: 3, level: 'warning' } } },
    "`gates.errors.level` must be 'error' or 'warn', but it is 'warning'.",
  ],
  [
    { ...good, sameAnswers: 'false' },
    "`sameAnswers` must be true or false, but it is 'false': write it without quotes.",
  ],
  [{ ...good, collectors: 'cpu' }, "`collectors` must be a list, but it is 'cpu': put it in brackets."],
  [{ ...good, ci: { maxTime: 'soon' } }, "`ci.maxTime` must be a time, for example '90s', but it is 'soon'."],
  [
    { ...good, limits: { boot: '30s' } },
    "`limits.boot` must be a whole number of milliseconds from 1 on, but it is '30s': write 30000.",
  ],
])('%#: %j', (scenario, told) => {
  expect(parse(scenario)).toEqual({ problems: [told].flat() })
})
