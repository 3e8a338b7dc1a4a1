/** Where V8's CPU profiler takes its samples from: a thread of its own in the target. */
import { execa } from 'execa'
import { threadsNamed } from '../../../kernel/processes.ts'

/** How V8 calls the thread; the kernel keeps fifteen characters of a name. */
const SAMPLER = 'v8:ProfEvntProc'

/**
 * On the target's processor, the sampler has to wait for the main thread, so its samples are not random: functions that run
 * long without a pause get too few, and those after them too many. So it moves to other processors.
 */
export async function moveSamplers(pids: number[], processors: number[]): Promise<void> {
  const threads = [...new Set(pids)].flatMap(pid => threadsNamed(pid, SAMPLER))
  // A sampler that cannot be moved still samples.
  await Promise.all(
    threads.map(tid =>
      execa('taskset', ['-pc', processors.join(','), `${tid}`], { reject: false, timeout: 2_000 }),
    ),
  )
}
