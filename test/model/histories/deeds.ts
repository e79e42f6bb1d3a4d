import { noCommand, pass } from '../world'
import { giveBackfill, giveDrop, giveReplay } from './commands'
import { positionOf } from './expectation'
import { redefine, regroup } from './redefinitions'
import { isSettled, runUntil, settle, suffer } from './settle'
import { publish } from '../source'
import type { ModelRecord } from '../records'
import type { World } from '../world'
import type { Deed, Draft, Mishap } from './alphabet'
import type { Expectation } from './expectation'

const minuteMs = 60_000

/** Executes a step, and runs the job until no work is left. Returns the reason where the job does not get there. */
export async function act(
  world: World,
  expectation: Expectation,
  deed: Deed,
  mishaps: readonly Mishap[],
): Promise<string | null> {
  world.seen.add(`deed: ${deed.kind}`)
  switch (deed.kind) {
    case 'add':
      addRecords(world, deed.drafts)
      break
    case 'add late':
      if (world.shape.mode !== 'pages') addLate(world, deed.drafts)
      break
    case 'flood':
      addRecords(
        world,
        Array.from({ length: 25 }, () => ({ flaw: 'invalid', gap: 0, lag: 0, twin: false })),
      )
      break
    case 'change':
      if (world.shape.mode !== 'pages') changeRecord(world, deed)
      break
    case 'remove':
      if (world.shape.mode === 'full-refresh') remove(world, deed.which)
      break
    case 'mend':
      if (deed.what === 'map') world.author.mapsUnmappable = true
      else return changeSchema(world, expectation, { takesInvalid: true }, mishaps)
      break
    case 'learn':
      // An index of many records is not renewed for a field of no meaning: its records then count as changed.
      if (world.feed.noise !== null && hasIndex(world)) break
      return changeSchema(world, expectation, { knowsMore: true }, mishaps)
    case 'drift':
      return drift(world, expectation, deed.varies, mishaps)
    case 'wait':
      await pass(world, 150 * minuteMs)
      break
    case 'outage':
      return surviveOutage(world, expectation, mishaps)
    case 'redefine':
      return redefine(world, expectation, deed, mishaps)
    case 'regroup':
      return regroup(world, expectation, deed, mishaps)
    case 'backfill':
    case 'force last':
      return giveBackfill(world, expectation, deed, mishaps)
    case 'replay':
      return giveReplay(world, expectation, deed.retries, mishaps)
    case 'drop rejects':
      return giveDrop(world, expectation, deed.retries, mishaps)
  }
  return settle(world, expectation, mishaps)
}

function hasIndex({ shape }: World): boolean {
  return shape.lookback !== null || shape.mode === 'full-refresh'
}

/** The source sends a field that it did not send before, or that differs from then on. */
async function drift(
  world: World,
  expectation: Expectation,
  varies: boolean,
  mishaps: readonly Mishap[],
): Promise<string | null> {
  const stuck = await readOnce(world, expectation)
  if (stuck !== null) return stuck
  world.feed.noise = (world.feed.noise ?? 0) + 1
  world.feed.isVarying = varies
  return settle(world, expectation, mishaps)
}

/** Between a change of the schema and one of the source a slice is read: a record of which all differs at once cannot be recognised. */
async function readOnce(world: World, expectation: Expectation): Promise<string | null> {
  if (world.shape.mode !== 'sliced') return null
  await pass(world, 60 * minuteMs)
  return settle(world, expectation, [])
}

/** A field that differs at each read rests before. */
async function changeSchema(
  world: World,
  expectation: Expectation,
  change: Partial<World['author']>,
  mishaps: readonly Mishap[],
): Promise<string | null> {
  if (world.feed.isVarying) {
    world.feed.isVarying = false
    const stuck = await settle(world, expectation, [])
    if (stuck !== null) return stuck
  }
  const stuck = await readOnce(world, expectation)
  if (stuck !== null) return stuck
  Object.assign(world.author, change)
  return settle(world, expectation, mishaps)
}

/** A source that is down ends a run with an error, and the next run goes on. */
async function surviveOutage(
  world: World,
  expectation: Expectation,
  mishaps: readonly Mishap[],
): Promise<string | null> {
  world.feed.isDown = true
  await suffer(world, mishaps, noCommand)
  const end = await runUntil(
    world,
    (report) => isSettled(report) || report.error?.code === 'source-unreachable',
  )
  world.feed.isDown = false
  return typeof end === 'string' ? end : settle(world, expectation, [])
}

/** Records behind all others, in the future of what was read. */
function addRecords(world: World, drafts: readonly Draft[]): void {
  const { mode } = world.shape
  let position = newestOf(world)
  // Slices that are over may be done: what comes now belongs to the present hour or the next.
  if (mode === 'sliced') position = Math.max(position, Math.ceil(positionOf(world.time.now())))
  const records = drafts.map((draft, index) => {
    position += draft.gap * (mode === 'sliced' ? 10 : 1)
    return recordOf(world, draft, position, index)
  })
  publish(world.feed, records, world.feedShape.pageSize)
}

/** Records that the source gains behind the cursor. */
function addLate(world: World, drafts: readonly Draft[]): void {
  const distance = world.shape.mode === 'sliced' ? 20 : 1
  const newest = newestOf(world)
  const records = drafts.map((draft, index) =>
    recordOf(world, draft, Math.max(0, newest - (draft.gap + index) * distance), index),
  )
  publish(world.feed, records, world.feedShape.pageSize)
}

function recordOf(world: World, { flaw, lag, twin }: Draft, position: number, index: number): ModelRecord {
  const content = nextContent(world) + index
  const earlier = world.feed.records[content % Math.max(1, world.feed.records.length)]
  const mayBeTwin =
    isPlaced(flaw) &&
    earlier &&
    isPlaced(earlier.flaw) &&
    mayHaveTwins(world) &&
    !isAt(world, earlier.id, position)
  const id = twin && mayBeTwin ? earlier.id : `r${content}`
  const visitor = Number(id.slice(1)) % 3
  return {
    id,
    visitor,
    position,
    minute: Math.max(0, position - lag),
    content,
    flaw: possibleFlaw(world, flaw),
  }
}

function isPlaced(flaw: ModelRecord['flaw']): boolean {
  return flaw !== 'cursorless' && flaw !== 'far-ahead'
}

/** A key is unique at one place, or it is none. */
function isAt({ feed }: World, id: string, position: number): boolean {
  return feed.records.some((record) => record.id === id && record.position === position)
}

/**
 * Two records of one key side by side: only where each version is a record, and rows are added. The index of rejects
 * tells versions apart by their places as numbers, which texts do not have (docs/jobs.md, Cursors).
 */
function mayHaveTwins({ shape }: World): boolean {
  const isCounted = shape.kind !== 'upsert' && shape.mode !== 'full-refresh' && shape.lookback === null
  return isCounted && shape.notation !== 'text'
}

/** Only an instant can be in the future; pages and full refreshes have no cursor in the record. */
function possibleFlaw({ shape }: World, flaw: Draft['flaw']): Draft['flaw'] {
  const hasCursor = shape.mode === 'incremental' || shape.mode === 'sliced'
  if (flaw === 'far-ahead') return shape.mode === 'incremental' && shape.notation === 'instant' ? flaw : null
  return flaw === 'cursorless' && !hasCursor ? null : flaw
}

/** Another content of a record, at its place or as the newest one. */
function changeRecord(world: World, { which, moves, flaw }: Extract<Deed, { kind: 'change' }>): void {
  const { records } = world.feed
  const index = which % records.length
  const before = records[index]
  if (!before) return
  const isSliced = world.shape.mode === 'sliced'
  const newest = Math.max(newestOf(world), isSliced ? Math.ceil(positionOf(world.time.now())) : 0)
  const position = moves ? newest + 1 : before.position
  const after = { ...before, content: nextContent(world), position, flaw: possibleFlaw(world, flaw) }
  records.splice(index, 1)
  records.push(moves ? { ...after, minute: Math.max(before.minute, position) } : after)
}

function remove({ feed }: World, which: number): void {
  feed.records.splice(which % feed.records.length, 1)
}

function newestOf({ feed }: World): number {
  return Math.max(0, ...feed.records.map(({ position }) => position))
}

/** Rises with each record, so that of two values the newer is known. */
function nextContent(world: World): number {
  world.contents += 1_000
  return world.contents
}
