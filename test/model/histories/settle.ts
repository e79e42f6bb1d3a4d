import { nextCommand } from '../operator'
import { documentOf, noCommand, pass } from '../world'
import type { Command } from '../../../src/pipeline/run-context'
import type { RunReport } from '../../../src/state/run-report'
import type { AcceptedCommand } from '../../../src/state/state-document'
import type { Process } from '../time'
import type { World } from '../world'
import type { Mishap } from './alphabet'
import type { Expectation } from './expectation'

const minuteMs = 60_000
export const hourMs = 60 * minuteMs

/**
 * Runs alarms, mishaps and the operator's answers until the job has done all due work. Returns the reason where it does
 * not get there.
 */
export async function settle(
  world: World,
  expectation: Expectation,
  mishaps: readonly Mishap[],
): Promise<string | null> {
  await suffer(world, mishaps, noCommand)
  const end = await runUntil(world, isSettled)
  if (typeof end === 'string') return end
  takeStock(world, expectation)
  expectation.ordinary(Date.parse(end.startedAt))
  return null
}

/** Runs that crash or freeze, each with the same command, because their callers try again. */
export async function suffer(world: World, mishaps: readonly Mishap[], command: Command): Promise<void> {
  for (const { activationMs, waitMs, ...accident } of mishaps) {
    world.activationMs = activationMs
    const { process, done } = world.activate(command === noCommand ? accident : brief(accident), command)
    await untilOver(world, process, done)
    if (process.fate !== 'running') world.seen.add(process.fate)
    await pass(world, waitMs)
  }
  world.activationMs = 30 * minuteMs
}

/**
 * A run with a command thaws before its step ends. Otherwise it could take the command up after a later step, whose
 * expectation does not know of it.
 */
function brief<T extends { readonly freezeMs: number }>(accident: T): T {
  const { freezeMs } = accident
  return Number.isFinite(freezeMs) ? { ...accident, freezeMs: Math.min(freezeMs, 10 * minuteMs) } : accident
}

/** Until a run ends or crashes; not for longer than within the hour in which its caller gives a command again. */
async function untilOver({ time }: World, process: Process, done: Promise<unknown>): Promise<void> {
  for (let waitedMs = 0; waitedMs < 12 * minuteMs; waitedMs += 5_000) {
    if ((await time.runUntil(done, 5_000)) || process.fate === 'crashed') return
  }
}

/** A run that did all that was due, and that no later slice can have joined meanwhile. */
export function isSettled({ outcome, reason, pending, startedAt, endedAt }: RunReport): boolean {
  const isDone = outcome === 'succeeded' || reason === 'nothing-due'
  return isDone && pending === 0 && hourOf(startedAt) === hourOf(endedAt)
}

function hourOf(iso: string): number {
  return Math.floor(Date.parse(iso) / hourMs)
}

const patience = 24

/** Ticks until a report is as wanted; the operator answers what waits for a person. */
export async function runUntil(
  world: World,
  isWanted: (report: RunReport) => boolean,
  first: Command = noCommand,
): Promise<RunReport | string> {
  let command = first
  let last: RunReport | null = null
  for (let round = 0; round < patience; round += 1) {
    const before = world.reports.length
    await world.time.runUntil(world.activate(null, command).done, 35 * minuteMs)
    last = world.reports.slice(before).at(-1) ?? last
    if (last && world.reports.length > before && isWanted(last)) return last
    command = (last && nextCommand(world, last)) ?? first
    await pass(world, 15 * minuteMs)
  }
  return `The job is stuck: ${JSON.stringify(last)}`
}

/** What a person gave up, and what the destination refused, is expected no more. */
function takeStock(world: World, expectation: Expectation): void {
  for (const line of [...world.leftOut.splice(0), ...world.service.refused.splice(0)])
    expectation.leaveOut(line)
}

/** What the state says of the same command, whether it was given with `again` or without. */
export function acceptedSince(world: World, command: Command, since: number): AcceptedCommand | undefined {
  return documentOf(world).commands.findLast(
    ({ at, content }) =>
      at >= since - 1_000 && withoutAgain(JSON.parse(content) as Command) === withoutAgain(command),
  )
}

/** False where it is the same acceptance as before. */
export function isNew(accepted: AcceptedCommand | undefined, earlier: AcceptedCommand | undefined): boolean {
  return accepted !== undefined && accepted.run !== earlier?.run
}

function withoutAgain({ force, from, to, resolve, as }: Command): string {
  return JSON.stringify({ force, from, to, resolve, as })
}

/** The same command within the hour is no new one, unless it names the run that took it up. */
export function withAgain(command: Command, earlier: AcceptedCommand | undefined): Command {
  return earlier ? { ...command, again: earlier.run } : command
}
