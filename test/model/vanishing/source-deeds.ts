import { expectedLine } from '../verdict'
import type { ModelRecord } from '../records'
import type { World } from '../world'
import type { Deed } from './alphabet'

/** What the source ever had. */
export interface Past {
  /** By id, each as it was last. */
  readonly latest: Map<string, ModelRecord>
  /** Lines of records that came back as they had been: they follow a deletion that is newer than they are. */
  readonly returned: Set<string>
}

/** Changes the source. A run under way goes on to read what the source had when it started. */
export function perform(world: World, past: Past, deed: Deed): void {
  const { records } = world.feed
  const now = new Map(records.map((record) => [record.id, record]))
  switch (deed.kind) {
    case 'vanish':
      for (const { id } of drawn(records, deed.which)) now.delete(id)
      break
    case 'change':
      for (const record of drawn(records, deed.which)) now.set(record.id, renewed(world, record))
      break
    case 'return':
      // Unchanged or not: its key was deleted either way.
      for (const record of drawn(absent(past, now), deed.which)) {
        now.set(record.id, record.content % 2 === 0 ? returned(world, past, record) : renewed(world, record))
      }
      break
    case 'spoil':
      for (const record of drawn(records, deed.which)) now.set(record.id, { ...record, flaw: 'invalid' })
      break
    case 'mend':
      for (const record of drawn(records, deed.which)) now.set(record.id, { ...record, flaw: null })
      break
    case 'keyless':
      toggleKeyless(world, now)
      break
    case 'halve':
      for (const { id } of records.filter((_, index) => index % 4 !== 0)) now.delete(id)
      break
    case 'empty':
      now.clear()
      break
    case 'fill':
      for (const record of absent(past, now)) now.set(record.id, returned(world, past, record))
      break
  }
  publish(world, past, [...now.values()])
}

/** The source without faulty records. */
export function mendAll(world: World, past: Past): void {
  const plain = world.feed.records.filter(({ flaw }) => flaw !== 'keyless')
  publish(
    world,
    past,
    plain.map((record) => ({ ...record, flaw: null })),
  )
}

function publish(world: World, past: Past, records: readonly ModelRecord[]): void {
  world.feed.records = [...records]
  for (const record of records)
    if (record.flaw !== 'keyless') past.latest.set(record.id, { ...record, flaw: null })
}

function absent({ latest }: Past, now: ReadonlyMap<string, ModelRecord>): ModelRecord[] {
  return [...latest.values()].filter(({ id }) => !now.has(id))
}

function returned({ seen }: World, past: Past, record: ModelRecord): ModelRecord {
  seen.add('record came back as it was')
  past.returned.add(expectedLine(record))
  return record
}

function drawn(records: readonly ModelRecord[], which: readonly number[]): ModelRecord[] {
  const plain = records.filter(({ flaw }) => flaw !== 'keyless')
  return which.flatMap((number) => plain[number % plain.length] ?? [])
}

function renewed(world: World, record: ModelRecord): ModelRecord {
  world.contents += 1
  return { ...record, content: world.contents }
}

function toggleKeyless(world: World, now: Map<string, ModelRecord>): void {
  const id = 'keyless'
  if (now.delete(id)) return
  world.contents += 1
  now.set(id, { id, visitor: 0, position: 0, minute: 0, content: world.contents, flaw: 'keyless' })
}
