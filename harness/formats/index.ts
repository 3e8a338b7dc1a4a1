/** Profile files of every format → `Profile`, and pprof again. */
export { ProfileError } from '../profile/error.ts'
export { MAX_BYTES } from './content.ts'
export { decodePprof } from './pprof/read.ts'
export { encodePprof } from './pprof/write.ts'
export { readProfile } from './read.ts'
export { locator, readSymbol } from './text-frames.ts'
export { readCpuProfile } from './v8/cpuprofile.ts'
export { readHeapProfile } from './v8/heapprofile.ts'
