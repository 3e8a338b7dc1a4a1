import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Without a memory of earlier runs, files go by their size, and those that take minutes would be alone at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => Number(/\/test\/(?:stacks|recipes)\//.test(moduleId))
    return (await super.sort(files)).toSorted((a, b) => isLong(b) - isLong(a))
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    sequence: { sequencer: LongestFirst },
    setupFiles: ['test/own-temporary-folder.ts'],
    // Real processes are booted by many tests; two at once is what a two-core machine can carry.
    maxWorkers: 2,
    // A shared machine can stand still for seconds, which costs a run a round. A second failure counts, and the log shows the first.
    retry: process.env.CI ? 1 : 0,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A browser on a busy machine answers late, and a poll that has its answer ends at once.
    expect: { poll: { timeout: 20_000 } },
  },
})
