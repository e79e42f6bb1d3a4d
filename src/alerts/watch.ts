import { alertOf, testAlert } from './alert'
import { claimWatch } from './claim'
import { lookAt } from './look'
import { tellAll } from './tell-all'
import type { Deadline } from '../pipeline/deadline'
import type { Log } from '../log'
import type { JobError } from '../errors'
import type { Watch } from './claim'
import type { ConditionKind } from './condition'
import type { Look, LookDependencies, Target } from './look'
import type { WatchContent } from './watch-file'
import type { Tell } from './webhook'

export interface WatchDependencies extends LookDependencies {
  readonly targets: readonly Target[]
  /** Notes about the settings, for the report. */
  readonly notes: readonly string[]
  /** Name of the channel that `tell` sends to. */
  readonly channel: string
  readonly tell: Tell
  /** Also sends a message that says nothing but that messages arrive. */
  readonly test: boolean
  readonly activation: string
  readonly deadline: Deadline
  readonly log: Log
  readonly newId: () => string
  readonly redact: (text: string) => string
}

export interface WatchError {
  readonly code: string
  readonly message: string
  readonly remedy: string
}

/** The result of one tick: with `error`, the activation counts as failed. */
export interface WatchReport {
  readonly outcome: 'succeeded' | 'partial' | 'skipped' | 'failed'
  readonly reason?: string
  /** Messages that the receiver has acknowledged in this tick. */
  readonly told: number
  /** Messages that wait for the receiver. */
  readonly waiting: number
  /** What holds, by name. */
  readonly conditions: Readonly<Record<string, readonly ConditionKind[]>>
  /** Names without a declared period: their silence is not noticed. */
  readonly unwatched: readonly string[]
  readonly notes: readonly string[]
  readonly error?: WatchError
}

/** Backpressure: while this many messages wait, nothing new is looked for. What holds then is found afterwards. */
const mostWaiting = 100
const looksAtOnce = 10

/**
 * One tick of the watchdog: claims its file, looks at every name, stores the messages about changes (write-ahead), and
 * sends them. Touches no job's state and takes no lease of a job.
 * @throws JobError `store-unreachable`, `store-refused`, `lease-lost`
 */
export async function watch(dependencies: WatchDependencies): Promise<WatchReport> {
  const { store, clock, activation, deadline, channel, newId, targets } = dependencies
  const unwatched = targets.flatMap((target) =>
    target.kind === 'job' && target.everyMinutes === null ? [target.name] : [],
  )
  const mine = await claimWatch({
    ...{ store, clock, activation, channel, newId },
    activationMs: deadline.remainingMs(),
  })
  if (!mine) {
    const nothing = { told: 0, waiting: 0, conditions: {}, notes: dependencies.notes }
    return { outcome: 'skipped', reason: 'watchdog-at-work', ...nothing, unwatched }
  }
  const looked = await lookAround(mine, dependencies)
  const sent = await tellAll(mine, dependencies)
  const notes = [...dependencies.notes, ...looked.notes, ...sent.notes]
  const outcome = sent.error ? 'failed' : notes.length > 0 ? 'partial' : 'succeeded'
  const endedAt = new Date(mine.storeNow()).toISOString()
  const last: WatchContent['last'] = { activation, endedAt, outcome, unwatched }
  await mine.save({ claim: null, names: looked.names, last })
  const { told, error } = sent
  const waiting = mine.content.toTell.length
  dependencies.log[error ? 'error' : 'info']('watch-ended', {
    ...{ activation, outcome, told, waiting, notes },
    ...(error ? { code: error.code, error: error.message } : {}),
  })
  return {
    outcome,
    ...(error ? { reason: error.code } : {}),
    ...{ told, waiting },
    conditions: holding(looked.names),
    ...{ unwatched, notes },
    ...(error ? { error: errorOf(error) } : {}),
  }
}

interface Found {
  readonly names: WatchContent['names']
  readonly notes: readonly string[]
}

/** Messages about changes are stored together with what is told by them; the others may be lost by a crash. */
async function lookAround(mine: Watch, dependencies: WatchDependencies): Promise<Found> {
  const { names, toTell } = mine.content
  if (toTell.length >= mostWaiting) {
    const note = `${toTell.length} messages wait for the webhook: nothing new is looked for until it takes them.`
    return { names, notes: [note] }
  }
  const { targets, test, newId, redact, log, activation } = dependencies
  const storeNow = mine.storeNow()
  const looks = await eachOf(targets, (target) => lookAt(target, names[target.name], dependencies, storeNow))
  const alerts = looks.flatMap(({ name, changes }) =>
    changes.map((change) => alertOf(change, { id: newId(), name, storeNow }, redact)),
  )
  if (test) alerts.push(testAlert(newId(), storeNow))
  const found = Object.fromEntries(looks.map(({ name, watched }) => [name, watched]))
  if (alerts.length > 0) await mine.save({ names: found, toTell: [...toTell, ...alerts] })
  for (const alert of alerts) log.warn('alert', { ...alert, activation })
  return { names: found, notes: looks.flatMap(({ notes }) => notes) }
}

/** In order of the targets, a few at once. */
async function eachOf(
  targets: readonly Target[],
  look: (target: Target) => Promise<Look>,
): Promise<readonly Look[]> {
  const looks: Look[] = []
  const rest = targets.entries()
  async function work(): Promise<void> {
    for (const [index, target] of rest) looks[index] = await look(target)
  }
  await Promise.all(Array.from({ length: looksAtOnce }, work))
  return looks
}

function holding(names: WatchContent['names']): WatchReport['conditions'] {
  const held = Object.entries(names).map(([name, { told }]) => [name, Object.keys(told)] as const)
  return Object.fromEntries(held.filter(([, kinds]) => kinds.length > 0)) as WatchReport['conditions']
}

function errorOf({ code, message, remedy }: JobError): WatchError {
  return { code, message, remedy }
}
