import { notations } from '../records'
import { instantAt } from '../records'
import { documentOf, noCommand, pass } from '../world'
import { acceptedSince, hourMs, isNew, runUntil, settle, suffer, withAgain } from './settle'
import type { Command } from '../../../src/pipeline/run-context'
import type { JobShape } from '../jobs'
import type { World } from '../world'
import type { Deed, Mishap } from './alphabet'
import type { Expectation } from './expectation'

type Redefine = Extract<Deed, { kind: 'redefine' }>

/** A definition that counts in another way stops the job; a person puts it back, or says where to go on. */
export async function redefine(
  world: World,
  expectation: Expectation,
  deed: Redefine,
  mishaps: readonly Mishap[],
): Promise<string | null> {
  const before = { shape: world.shape, identity: world.feed.identity }
  if (!change(world, deed.what) || expectation.cursor === null) {
    restore(world, before)
    return settle(world, expectation, mishaps)
  }
  await suffer(world, mishaps, noCommand)
  const stopped = await runUntil(world, ({ error }) => error?.code === 'definition-changed')
  if (typeof stopped === 'string') return `not stopped: ${stopped}`
  if (deed.exit === 'back') {
    restore(world, before)
    return settle(world, expectation, [])
  }
  const knowsRecords = deed.what !== 'notation' && deed.what !== 'key'
  const refusal = await goOn(world, expectation, deed, knowsRecords)
  if (refusal !== null) return refusal
  world.seen.add('definition continued')
  return settle(world, expectation, [])

  async function goOn(
    { time }: World,
    { cursor, watermark }: Expectation,
    { exit }: Redefine,
    knows: boolean,
  ): Promise<string | null> {
    if (!knows && expectation.openRejects > 0) {
      // Their identities would mean nothing any more: the error asks to give them up.
      const dropped = await obey(world, { force: false, resolve: 'rejects', as: 'drop' })
      if (dropped !== null) return dropped
      expectation.dropRejects()
    }
    const stood = world.shape.mode === 'sliced' ? watermark : (cursor ?? 0)
    const away = exit === 'earlier' ? -3 : exit === 'later' ? 2 : 0
    const step = world.shape.mode === 'sliced' ? 20 : 1
    const latest = world.shape.mode === 'sliced' ? Math.floor((time.now() - instantAt(0)) / 60_000) : Infinity
    const position = Math.min(latest, Math.max(0, stood + away * step))
    const from = world.shape.mode === 'full-refresh' ? undefined : placeIn(world, position)
    const refusal = await obey(world, { force: false, from, resolve: 'definition', as: 'continue' })
    if (refusal === null) expectation.continueFrom(position, knows, before.shape.lookback)
    return refusal
  }
}

/** Gives a command that has to be taken up. */
async function obey(world: World, command: Command): Promise<string | null> {
  const since = world.time.now()
  const earlier = acceptedSince(world, command, since - hourMs)
  const end = await runUntil(
    world,
    ({ error }) => error?.code === 'params-invalid' || isNew(acceptedSince(world, command, since), earlier),
    withAgain(command, earlier),
  )
  if (typeof end === 'string') return end
  return end.error?.code === 'params-invalid'
    ? `refused: ${JSON.stringify(command)}: ${end.error.message}`
    : null
}

/** A position as the job's cursor writes it. */
function placeIn({ shape, feed }: World, position: number): string {
  if (shape.mode === 'pages') return String(position)
  const [example] = feed.records
  const notation = notations[shape.mode === 'sliced' ? 'instant' : shape.notation]
  return example ? String(notation.write({ ...example, position, flaw: null })) : ''
}

/** Returns false where this job cannot change so. */
function change(world: World, what: Redefine['what']): boolean {
  const { shape } = world
  if (!documentOf(world).counting) return false
  switch (what) {
    case 'source':
      world.feed.identity = `${world.feed.identity}x`
      return true
    case 'version':
      world.shape = { ...shape, sourceVersion: shape.sourceVersion + 1 }
      return true
    case 'notation':
      return changeNotation(world)
    case 'key':
      if (shape.kind === 'upsert' || shape.mode === 'full-refresh' || world.feedShape.overlaps) return false
      if (shape.lookback !== null || shape.onChange !== 'ignore') return false
      world.shape = { ...shape, keyed: !shape.keyed }
      return true
    case 'lookback':
      return changeLookback(world)
  }
}

function changeNotation(world: World): boolean {
  const { shape } = world
  const isPlain = shape.mode === 'incremental' && shape.lookback === null && shape.onChange === 'ignore'
  if (!isPlain || shape.notation === 'text' || world.feed.records.some(({ flaw }) => flaw === 'far-ahead'))
    return false
  world.shape = { ...shape, notation: shape.notation === 'instant' ? 'number' : 'instant' }
  return true
}

function changeLookback(world: World): boolean {
  const { shape } = world
  const hasCursor = shape.mode === 'incremental' || shape.mode === 'sliced'
  const mayLookBack = hasCursor && shape.keyed && shape.notation !== 'text' && shape.onChange === 'ignore'
  // Two records of one key side by side would hide each other.
  if (!mayLookBack || hasTwins(world)) return false
  world.shape = { ...shape, lookback: shape.lookback === null ? (shape.mode === 'sliced' ? 90 : 5) : null }
  return true
}

function hasTwins({ feed }: World): boolean {
  return new Set(feed.records.map(({ id }) => id)).size < feed.records.length
}

function restore(world: World, { shape, identity }: { shape: JobShape; identity: string }): void {
  world.shape = shape
  world.feed.identity = identity
}

/** Rows move to other partitions: the job waits for a day, or a person ends the wait. */
export async function regroup(
  world: World,
  expectation: Expectation,
  { waits }: Extract<Deed, { kind: 'regroup' }>,
  mishaps: readonly Mishap[],
): Promise<string | null> {
  const hasCommitted = documentOf(world).partitioning !== null
  world.destination = { ...world.destination, partitions: world.destination.partitions === 2 ? 3 : 2 }
  if (!hasCommitted) return settle(world, expectation, mishaps)
  await suffer(world, mishaps, noCommand)
  expectation.regroup()
  if (waits) await pass(world, 25 * hourMs)
  return settle(world, expectation, [])
}
