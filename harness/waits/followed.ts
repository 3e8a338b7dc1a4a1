/** Whether a value has the shape of what an agent saw: any code inside a service can send anything in its name, and files can be damaged. */
import type { FollowedRequests } from '../model/waits.ts'

export function isFollowedRequests(value: unknown): value is FollowedRequests {
  if (!isObject(value)) return false
  const { began, seen, requests, causes, stacks, frames, pauses, pool } = value
  const [causeCount, frameCount, stackCount] = [causes, frames, stacks].map(sizeOf)
  return (
    [began, seen].every(Number.isFinite) &&
    isList(causes, cause => isCause(cause, stackCount!)) &&
    isList(
      frames,
      ({ name, file, ...numbers }) =>
        isText(name) && isText(file) && [numbers.line, numbers.startLine, numbers.startColumn].every(isCount),
    ) &&
    Array.isArray(stacks) &&
    stacks.every(stack => Array.isArray(stack) && stack.every(at => isCount(at) && at < frameCount!)) &&
    isObject(pauses) &&
    areColumns([pauses.from, pauses.to]) &&
    isPool(pool) &&
    isList(requests, request => isFollowed(request, causeCount!, stackCount!))
  )
}

const isCause = ({ kind, peer, reader = -1 }: Record<string, unknown>, stacks: number): boolean =>
  isText(kind) && (peer === undefined || isText(peer)) && isIndex(reader, -1, stacks)

const isPool = (pool: unknown): boolean =>
  isObject(pool) &&
  [pool.threads, pool.time].every(Number.isFinite) &&
  isObject(pool.busy) &&
  Object.values(pool.busy).every(Number.isFinite)

function isFollowed(
  { from, to, busy, delay, cut, way, runs }: Record<string, unknown>,
  causes: number,
  stacks: number,
): boolean {
  if (![from, to, busy, delay].every(Number.isFinite) || typeof cut !== 'boolean') return false
  if (!isObject(way) || !isObject(runs)) return false
  const areIndices = (column: unknown, least: number, end: number) =>
    Array.isArray(column) && column.every(at => isIndex(at, least, end))
  return (
    areColumns([way.cause, way.stack, way.from, way.to, way.busy, way.began]) &&
    areIndices(way.cause, -2, causes) &&
    areIndices(way.stack, -1, stacks) &&
    areColumns([runs.from, runs.to, runs.watched]) &&
    Array.isArray(runs.cpu) &&
    runs.cpu.length === sizeOf(runs.from) &&
    runs.cpu.every(cpu => cpu === null || Number.isFinite(cpu)) &&
    Array.isArray(runs.slept) &&
    runs.slept.length === sizeOf(runs.from) &&
    runs.slept.every(slept => typeof slept === 'boolean')
  )
}

const sizeOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0)

const areColumns = (columns: unknown[]): boolean =>
  columns.every(column => isColumn(column, sizeOf(columns[0])))

const isList = (list: unknown, isValid: (value: Record<string, unknown>) => boolean): boolean =>
  Array.isArray(list) && list.every(value => isObject(value) && isValid(value))

const isText = (value: unknown): value is string => typeof value === 'string'

const isColumn = (value: unknown, length: number): boolean =>
  Array.isArray(value) && value.length === length && value.every(Number.isFinite)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isIndex = (at: unknown, least: number, end: number): boolean =>
  Number.isInteger(at) && Number(at) >= least && Number(at) < end

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
