/** What an engine knows of a container and of an image. */
import { controlGroupsOf, hasVariable } from '../../kernel/processes.ts'
import { askEngine, type Container } from './containers.ts'
import { MARK } from './launch-processes.ts'

/**
 * Id of a container's first process on this machine.
 *
 * @param mark that its processes carry, where we started them; @returns undefined if they run elsewhere, as in a virtual machine
 */
export async function firstProcess({ engine, name }: Container, mark?: string): Promise<number | undefined> {
  const answer = await askEngine(engine, ['inspect', '--format', '{{.Id}} {{.State.Pid}}', name])
  const [id = '', pid = ''] = answer.split(' ')
  const isHere =
    (mark !== undefined && hasVariable(Number(pid), MARK, mark)) ||
    (id !== '' && controlGroupsOf(Number(pid)).includes(id))
  return isHere ? Number(pid) : undefined
}

/** Beginning of an image's id; undefined if it has to be fetched first. */
export async function imageId(engine: string, image: string): Promise<string | undefined> {
  const id = await askEngine(engine, ['image', 'inspect', '--format', '{{.Id}}', image])
  return id.replace(/^sha256:/, '').slice(0, 12) || undefined
}
