import { JobError } from '../../errors'
import { valueAt } from '../../field-path'
import { isRecord } from './shape'

const depth = 3
const usual = /^(?:data|items|results?|records|rows|values|content|entries|list|hits|edges)$/i

/**
 * The path of the list of records in a JSON body: the given one, the body itself, or the one list of objects in it. Of
 * several, one with a usual name.
 * @throws JobError `source-malformed` where there is none, it is empty, or it has other things than objects;
 * `params-invalid` where several could be meant
 */
export function findRecords(
  body: unknown,
  given: string | undefined,
): { readonly path: string; readonly records: readonly object[] } {
  const path = given ?? chosenPath(body)
  const records = valueAt(body, path)
  if (!Array.isArray(records)) throw noList(path, Object.keys(isRecord(body) ? body : {}))
  if (records.length === 0) throw noRecords(path)
  const odd = records.findIndex((record) => !isRecord(record))
  if (odd >= 0) throw notObjects(path, odd)
  return { path, records: records as readonly object[] }
}

function chosenPath(body: unknown): string {
  if (Array.isArray(body)) return ''
  const lists = listsIn(body, '', depth)
  const full = lists.filter(({ length }) => length > 0)
  const candidates = full.length > 0 ? full : lists
  const [first, second] = candidates
  if (!first) throw noList('', Object.keys(isRecord(body) ? body : {}))
  if (!second) return first.path
  const known = candidates.filter(({ path }) => usual.test(path.split('.').at(-1) ?? ''))
  const [best, other] = known
  if (best && !other) return best.path
  throw new JobError(
    'params-invalid',
    `The answer has several lists: ${candidates.map(({ path }) => path).join(', ')}.`,
    'Name the list of records: --records <path>.',
  )
}

function listsIn(value: unknown, at: string, levels: number): { path: string; length: number }[] {
  if (!isRecord(value) || levels === 0) return []
  return Object.entries(value)
    .filter(([name]) => !name.includes('.'))
    .flatMap(([name, member]) => {
      const path = at === '' ? name : `${at}.${name}`
      if (!Array.isArray(member)) return listsIn(member, path, levels - 1)
      return member.every(isRecord) ? [{ path, length: member.length }] : []
    })
}

function noList(path: string, members: readonly string[]): JobError {
  const has = members.length === 0 ? 'nothing by a name' : members.slice(0, 20).join(', ')
  return new JobError(
    'source-malformed',
    path === ''
      ? `The answer has no list of records; it has ${has}.`
      : `The answer has no list at "${path}".`,
    'Name the list of records with --records <path>, such as result.items; a single object is no list.',
  )
}

function noRecords(path: string): JobError {
  return new JobError(
    'source-malformed',
    `The list of records at "${path}" is empty, so that no field is known.`,
    'Give --url a query for which the API has records, such as an earlier date.',
  )
}

function notObjects(path: string, index: number): JobError {
  return new JobError(
    'source-malformed',
    `Item ${index} of the list at "${path}" is no object.`,
    'A record is an object with named fields. Name another list with --records <path>.',
  )
}
