/** Files that people have but that cannot be read: what they are, and how to get a profile that can. */
import { ProfileError } from '../profile/index.ts'
import { isObject, type Json } from './json.ts'

/** A format that is recognised but not read. */
interface Stranger<Seen> {
  is: (seen: Seen) => boolean
  what: string
  advice: string
}

const CONVERT = 'Open it in speedscope (npx speedscope FILE), export it there (Ctrl+S), and give that file.'
const UNPACK = 'Unpack it, and give the profile that is in it.'
const AGAIN = 'Record the service with `node --cpu-prof`, and give the .cpuprofile.'

/** The first characters of Go's profiles before pprof was a protocol buffer. */
const LEGACY_GO = /^(?:heap profile|goroutine profile|threadcreate profile|heapz|growthz|--- \w+|MemProfile)/

const startsWith = (...starts: string[]) => {
  const all = starts.map(start => Buffer.from(start, 'latin1'))
  return (bytes: Uint8Array): boolean => all.some(start => start.equals(bytes.subarray(0, start.length)))
}

const BINARIES: Stranger<Uint8Array>[] = [
  {
    // Two words of 64 bits: 0, and the number of header words, which is 3.
    is: startsWith('\u0000'.repeat(8) + '\u0003'.padEnd(8, '\u0000')),
    what: 'the legacy binary CPU format of gperftools',
    advice: 'Convert it with "pprof -proto".',
  },
  {
    is: startsWith('PERFILE2', '2ELIFREP'),
    what: 'a recording of Linux perf (perf.data)',
    advice: 'Print it where it was recorded (perf script -i FILE > profile.txt), and give that file.',
  },
  { is: startsWith('PK\u0003\u0004'), what: 'a ZIP archive', advice: UNPACK },
  { is: startsWith('\u0028\u00b5\u002f\u00fd'), what: 'compressed with zstd', advice: UNPACK },
  { is: startsWith('\u00fd7zXZ\u0000'), what: 'compressed with xz', advice: UNPACK },
  { is: startsWith('BZh'), what: 'compressed with bzip2', advice: UNPACK },
  {
    is: startsWith('FLR\u0000'),
    what: 'a recording of Java Flight Recorder',
    advice: 'Convert it (jfrconv -o collapsed FILE), and give the folded stacks.',
  },
  {
    is: startsWith('Nettrace', 'nettrace'),
    what: 'a trace of .NET',
    advice: 'Convert it (dotnet-trace convert --format Speedscope FILE), and give that file.',
  },
]

const TEXTS: Stranger<string>[] = [
  {
    is: text => LEGACY_GO.test(text),
    what: "Go's legacy text format, which holds no symbols to compare",
    advice: 'Fetch the profile without "debug=1".',
  },
  {
    is: text => text.startsWith('v8-version,'),
    what: 'a log of `node --prof`, which holds addresses instead of functions',
    advice: `${AGAIN} Or convert it: node --prof-process --preprocess FILE > v8.json; then open v8.json in speedscope (npx speedscope v8.json), export it there (Ctrl+S), and give that file.`,
  },
  {
    is: text => text.startsWith('Statistical profiling result from'),
    what: 'the summary of `node --prof-process`, which holds no stacks',
    advice: AGAIN,
  },
  {
    is: text => /^# To display the perf\.data header/m.test(text.slice(0, 2000)),
    what: 'the output of `perf report`, which is a summary',
    advice: 'Print the samples themselves (perf script -i perf.data > profile.txt), and give that file.',
  },
  {
    is: text => /^(?:version: \d|creator: |events: |# callgrind format)/.test(text),
    what: 'a profile of Callgrind',
    advice: CONVERT,
  },
  {
    is: text => /^Analysis of sampling |^Sampling process /.test(text),
    what: "the output of macOS's sample",
    advice: 'Fold it with stackcollapse-sample.awk, and give the folded stacks.',
  },
  {
    is: text => /^@\w*\[(?:.*,)?[ \r]*$/m.test(text.slice(0, 2000)),
    what: 'the output of bpftrace',
    advice: 'Fold it with stackcollapse-bpftrace.pl, and give the folded stacks.',
  },
  {
    is: text => /^\{"type": ?"(?:attached_probes|map)"/.test(text),
    what: 'the output of bpftrace as JSON',
    advice: 'Run it without `-f json`, fold it with stackcollapse-bpftrace.pl, and give the folded stacks.',
  },
  {
    is: text => /^[ \t]+-[ \t]+\S.* \(\d+\)\r?\n[ \t]+\d+\r?$/m.test(text.slice(0, 20_000)),
    what: 'the output of profile or offcputime of bcc, with one frame per line',
    advice: 'Run the tool with -f, and give the folded stacks.',
  },
  {
    is: text => text.trimStart().startsWith('<') && /<svg[ >]/i.test(text.slice(0, 2000)),
    what: 'SVG: a picture of a profile',
    advice: 'Give the folded stacks that it was drawn from.',
  },
  {
    // Folded frames can begin with `<` too: `<module>;encode 3`.
    is: text => /^<(?!.*\s[\d.]+\s*$)/.test(text.trimStart().split('\n', 1)[0]!),
    what: 'HTML or XML, not a profile',
    advice: 'Give the data that the page was made from; if it came from a server, read what it says.',
  },
]

const has = (raw: Json, ...keys: string[]): boolean => keys.every(key => key in raw)

const JSONS: Stranger<Json>[] = [
  {
    is: raw => isObject(raw.snapshot),
    what: 'a heap snapshot, not a sampled profile',
    advice: 'Record a .heapprofile instead (node --heap-prof).',
  },
  {
    is: raw => isObject(raw.meta) && Array.isArray(raw.threads),
    what: "a profile of Firefox's profiler, which samply writes too",
    advice: CONVERT,
  },
  {
    is: raw => has(raw, 'code', 'functions', 'ticks'),
    what: 'a log of `node --prof`, prepared for viewers',
    advice: CONVERT,
  },
  {
    is: raw => isObject(raw.recording) && has(raw, 'version'),
    what: "a timeline of Safari's Web Inspector",
    advice: CONVERT,
  },
  {
    is: raw => has(raw, 'flamebearer'),
    what: 'a flame graph of Pyroscope, which holds no stacks that could be compared',
    advice: 'Export the profile as pprof.',
  },
  {
    is: raw => has(raw, 'dataForRoots'),
    what: "a profile of React's developer tools, which times components, not functions",
    advice: 'Record the page in the Performance panel of the DevTools, and give its trace.',
  },
]

/** Makes a function that throws when the content is in one of these formats. */
function refuser<Seen>(strangers: Stranger<Seen>[]) {
  return (seen: Seen): void => {
    const known = strangers.find(({ is }) => is(seen))
    if (known) throw new ProfileError(`This is ${known.what}.`, { advice: known.advice })
  }
}

export const refuseBinary = refuser(BINARIES)
export const refuseText = refuser(TEXTS)
export const refuseJson = refuser(JSONS)
