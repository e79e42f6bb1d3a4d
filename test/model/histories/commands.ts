import { notations } from '../records'
import { instantAt } from '../records'
import { sliceLength } from './expectation'
import { acceptedSince, hourMs, isNew, runUntil, settle, suffer, withAgain } from './settle'
import type { Command } from '../../../src/pipeline/run-context'
import type { World } from '../world'
import type { Deed, Mishap } from './alphabet'
import type { Expectation, Range } from './expectation'

/** A range is read again; what was read before only by force. */
export async function giveBackfill(
  world: World,
  expectation: Expectation,
  deed: Extract<Deed, { kind: 'backfill' | 'force last' }>,
  mishaps: readonly Mishap[],
): Promise<string | null> {
  const planned = deed.kind === 'backfill' ? rangeOf(world, expectation, deed) : lastSlice(world, expectation)
  if (!planned) return settle(world, expectation, mishaps)
  const { range, command } = planned
  const isRefused = !command.force && expectation.isDone(range)
  return give(world, expectation, command, { mishaps, retries: deed.retries, isRefused }, () => {
    world.seen.add(command.force ? 'forced backfill' : 'backfill without force')
    expectation.backfill(range, command.force)
  })
}

interface Planned {
  readonly range: Range
  readonly command: Command
}

/** A range that the job has read; null where it has none, or cannot cut one out. */
function rangeOf(
  { shape, feed }: World,
  { cursor, watermark }: Expectation,
  { from, length, force }: Extract<Deed, { kind: 'backfill' }>,
): Planned | null {
  if (shape.mode === 'sliced') {
    // Half of the ranges lie before the schedule, where nothing was read.
    const begin = (from % 8) * 30 - 180
    const range = { from: begin, to: Math.min(begin + length * 20, watermark) }
    if (range.from >= range.to) return null
    const at = (position: number) => new Date(instantAt(position)).toISOString()
    return { range, command: { force, from: at(range.from), to: at(range.to) } }
  }
  if (shape.mode !== 'incremental' || cursor === null || cursor <= 0) return null
  const range = { from: from % cursor, to: Math.min((from % cursor) + length, cursor) }
  const example = feed.records[0]
  if (!example || range.from >= range.to) return null
  const at = (position: number) =>
    String(notations[shape.notation].write({ ...example, position, flaw: null }))
  return { range, command: { force, from: at(range.from), to: at(range.to) } }
}

function lastSlice({ shape }: World, { watermark }: Expectation): Planned | null {
  if (shape.mode !== 'sliced' || watermark < sliceLength) return null
  return { range: { from: watermark - sliceLength, to: watermark }, command: { force: true } }
}

export async function giveReplay(
  world: World,
  expectation: Expectation,
  retries: number,
  mishaps: readonly Mishap[],
): Promise<string | null> {
  const command: Command = { force: false, resolve: 'rejects', as: 'resend' }
  const isRefused = expectation.openRejects === 0
  return give(world, expectation, command, { mishaps, retries, isRefused }, () => {
    world.seen.add('replay')
    expectation.replay()
  })
}

export async function giveDrop(
  world: World,
  expectation: Expectation,
  retries: number,
  mishaps: readonly Mishap[],
): Promise<string | null> {
  const command: Command = { force: false, resolve: 'rejects', as: 'drop' }
  const isRefused = expectation.openRejects === 0
  return give(world, expectation, command, { mishaps, retries, isRefused }, () => {
    world.seen.add('rejects dropped')
    expectation.dropRejects()
  })
}

interface Giving {
  readonly mishaps: readonly Mishap[]
  /** How often the caller gives the command once more after it was taken up. */
  readonly retries: number
  readonly isRefused: boolean
}

/**
 * Gives a command until it was taken up or refused, however often runs crash, and then once more as a caller does that
 * tries again.
 */
async function give(
  world: World,
  expectation: Expectation,
  given: Command,
  { mishaps, retries, isRefused }: Giving,
  expect: () => void,
): Promise<string | null> {
  const since = world.time.now()
  const earlier = acceptedSince(world, given, since - hourMs)
  const isTakenUp = () => isNew(acceptedSince(world, given, since), earlier)
  await suffer(world, mishaps, withAgain(given, earlier))
  for (const command of [withAgain(given, earlier), given]) {
    if (isTakenUp()) break
    const end = await runUntil(world, ({ error }) => error?.code === 'params-invalid' || isTakenUp(), command)
    if (typeof end === 'string') return end
    // `again` is refused once the hour is over.
    if (end.error?.code !== 'params-invalid' || (command.again !== undefined && !isRefused)) continue
    world.seen.add('command refused')
    return isRefused
      ? settle(world, expectation, [])
      : `refused: ${JSON.stringify(command)}: ${end.error.message}`
  }
  if (isRefused) return `taken up, although it had to be refused: ${JSON.stringify(given)}`
  expect()
  for (let retry = 0; retry < retries; retry += 1) {
    world.seen.add('command repeated')
    await world.time.runUntil(world.activate(null, given).done, 30 * 60_000)
  }
  return settle(world, expectation, [])
}
