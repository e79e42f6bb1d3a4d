import fc from '../fixtures/fast-check'
import { JobError } from '../../src/errors'
import { silentLog } from '../../src/log'
import { createDeadline } from '../../src/pipeline/deadline'
import { deliver } from '../../src/pipeline/delivery/deliver'
import { doubtBarrier } from '../../src/pipeline/delivery/doubt-barrier'
import { EngineSettings } from '../../src/pipeline/settings'
import { batchOf } from '../../src/state/outbox-entry'
import { waitingPlan } from '../../src/state/plan'
import { reduce } from '../../src/state/reduce'
import { newDocument } from '../../src/state/state-document'
import { memoryRunFiles, staged } from '../fixtures/delivery-world'
import { memoryJobState } from '../fixtures/memory-job-state'
import { storedPlan } from '../fixtures/stored-state'
import { scripted } from './choices'
import { createTime, startProcess } from './time'
import type { Destination, FinishedFile } from '../../src/destinations/destination'
import type { DeliveryContext } from '../../src/pipeline/delivery/delivery-context'
import type { ExtractionStatus } from '../../src/pipeline/extraction-status'
import type { StateEvent } from '../../src/state/events'
import type { JobState } from '../../src/state/job-state'
import type { EntryIn, OutboxEntry } from '../../src/state/outbox-entry'
import type { StateDocument } from '../../src/state/state-document'
import type { Choices } from './choices'
import type { Saw } from './coverage'
import type { Network } from './destinations/network'
import type { Accident, Process, WorldTime } from './time'

const minute = 60_000
export const settings = EngineSettings.parse({})
const settleMs = 15 * minute

/** A destination with batches on their way to it. */
export interface Subject {
  /** `of` names what is special about a batch, for the events of a history. */
  readonly batches: readonly (readonly [
    entry: Partial<EntryIn<'staged'>>,
    file: FinishedFile,
    of?: string | null,
  ])[]
  open(network: Network): Destination
  /** What is wrong with what the destination has stored; empty where nothing is. */
  flaws(): readonly string[]
}

/** Removes a safeguard. */
export type Tamper = (destination: Destination) => Destination

export const intact: Tamper = (destination) => destination

/** Whether the last commit is a plan, and which activation approves it. */
type ApprovedBy = number | null

/** Delivery alone, run after run over one document, with crashes, freezes, zombies and network faults. */
function createWorld(
  subject: Subject,
  {
    time,
    choices,
    seen,
  }: { readonly time: WorldTime; readonly choices: Choices; readonly seen: Set<string> },
  tamper: Tamper,
  approvedBy: ApprovedBy,
) {
  const files = new Map<string, Buffer>()
  const identity = subject.open(networkOf(startProcess(time, null))).identity
  const outbox = subject.batches.map(([change, { rows, bytes, sha256, contentSha256 }], index) => {
    const entry = staged(`b${index}`, { ...change, rows, sha256, contentSha256 })
    files.set(`${entry.run}/${entry.file}`, bytes)
    return entry
  })
  const planned = approvedBy === null ? Infinity : Math.max(...outbox.map(({ commit }) => commit))
  let durable: StateDocument = {
    ...newDocument('job'),
    reconciled: true,
    identities: [identity],
    outbox: outbox.map((entry) => (entry.commit === planned ? { ...entry, state: 'planned' } : entry)),
    plan: approvedBy === null ? null : storedPlan(),
  }
  const processes: Process[] = []
  const specials = new Map(subject.batches.map(([, , of], index) => [`b${index}`, of]))
  let activations = 0
  let sentUnapproved = 0
  let writtenAt = -Infinity
  let holder: object | null = null

  function sawOf(event: string, id: string): void {
    seen.add(event)
    const special = specials.get(id)
    if (special) seen.add(`${event} of ${special}`)
  }

  function networkOf(process: Process): Network {
    return { time, process, choices, sendTimeoutMs: settings.sendTimeoutMs, delayMs: settleMs }
  }

  /** Writes succeed for the last run that took the lease. */
  function takeLease(process: Process, destination: Destination): JobState {
    const owner = {}
    holder = owner
    const at = time.now()
    const barrier = doubtBarrier(destination.delivery, settings, at)
    const facts = { owner: 'o', run: 'r', activation: 'a', endsAt: at, lastWrittenAt: at, reportsKept: 5 }
    const memory = memoryJobState(reduce(durable, { type: 'lease-taken', at, barrier, ...facts }), {
      clock: process.clock,
    })
    durable = memory.document
    writtenAt = at
    return Object.create(memory, {
      write: {
        async value(...events: readonly StateEvent[]) {
          const issuedAt = time.now()
          await process.call(20, () => {
            if (holder !== owner) {
              seen.add('lease-lost')
              memory.lose(new JobError('lease-lost', 'Taken over.', 'Nothing to do.'))
              return
            }
            for (const event of events) {
              memory.later(event)
              seen.add(event.type === 'confirmed' ? `confirmed by ${event.by}` : event.type)
              if (event.type === 'in-doubt') sawOf(event.type, event.id)
            }
            durable = memory.document
            writtenAt = time.now()
          })
          memory.signal.throwIfAborted()
          return issuedAt
        },
      },
    }) as JobState
  }

  /** A person has approved the plan; a run that takes the approval up may crash and leave it to the next. */
  async function approve(state: JobState): Promise<void> {
    const isDue = approvedBy !== null && activations > approvedBy && waitingPlan(state.document)
    if (!isDue) return
    await state.write({
      ...{ type: 'command-accepted', at: time.now(), content: '{}', note: '', rememberedFrom: 0 },
      effect: { kind: 'plan-approved' },
    })
  }

  function watched(destination: Destination): Destination {
    return {
      ...destination,
      send(batch, window, handle) {
        const entry = durable.outbox.find(({ id }) => id === batch.id)
        if (entry?.state === 'planned') sentUnapproved += 1
        return destination.send(batch, window, handle)
      },
    }
  }

  function activate(accident: Accident | null): Promise<unknown> {
    if (holder !== null && time.now() - writtenAt < settings.leaseTtlMs) {
      seen.add('lease-held')
      return Promise.resolve()
    }
    if (holder !== null) seen.add('takeover')
    for (const { id, state } of durable.outbox)
      if (state === 'sending') sawOf('takeover with a request in flight', id)
    const process = startProcess(time, accident)
    activations += 1
    const { clock } = process
    const destination = watched(tamper(subject.open(networkOf(process))))
    durable = { ...durable, outbox: durable.outbox.map(resent) }
    const state = takeLease(process, destination)
    const owner = holder
    const delivery: DeliveryContext = {
      state,
      destination,
      files: memoryRunFiles(files, 'run-1', clock),
      settings,
      clock,
      deadline: createDeadline(time.now() + 30 * minute, clock),
      log: silentLog,
      signal: state.signal,
      redact: (text) => text,
      job: 'job',
    }
    const ended: ExtractionStatus = { status: () => 'ended', changed: () => Promise.resolve() }
    // A run that has lost its lease before it could approve does nothing more.
    const work =
      approvedBy === null
        ? deliver(delivery, ended)
        : approve(state).then(
            () => deliver(delivery, ended),
            () => null,
          )
    processes.push(process)
    return work.then(() => {
      if (holder === owner) holder = null
    })
  }

  return {
    activate,
    isDone: () => durable.outbox.every(({ state }) => state === 'confirmed') && holder === null,
    sentUnapproved: () => sentUnapproved,
    fates: () => processes.map(({ fate }) => fate),
  }
}

/** A person sends a batch again whose import broke four times. */
function resent(entry: OutboxEntry): OutboxEntry {
  return entry.state === 'held' ? { ...batchOf(entry), state: 'staged', retries: 0 } : entry
}

export const schedule = fc.record({
  activations: fc.array(
    fc.record({
      waitMs: fc.constantFrom(0, 5_000, 95_000, 15 * minute, 40 * minute),
      accident: fc.option(
        fc.record({
          gate: fc.integer({ min: 1, max: 60 }),
          freezeMs: fc.constantFrom(Infinity, 70_000, 200_000, 20 * minute, 180 * minute),
        }),
      ),
    }),
    { minLength: 1, maxLength: 5, size: 'max' },
  ),
  choices: fc.array(fc.nat(11), { maxLength: 120, size: 'max' }),
})
export type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never

export type OpenSubject = (time: WorldTime, choices: Choices, saw: Saw) => Subject

interface PlayOptions {
  readonly approvedBy?: ApprovedBy
  /** As {@link createTime} takes it. */
  readonly idle?: () => Promise<void>
}

/** One history: the drawn activations, then as many as it takes. */
export async function play(
  open: OpenSubject,
  { activations, choices }: Schedule,
  tamper: Tamper,
  { approvedBy = null, idle }: PlayOptions = {},
) {
  const time = createTime(undefined, idle)
  const pass = (ms: number) => time.runUntil(time.sleep(ms), ms)
  const script = scripted(choices)
  const seen = new Set<string>()
  const subject = open(time, script, (event) => seen.add(event))
  const world = createWorld(subject, { time, choices: script, seen }, tamper, approvedBy)
  for (const { accident, waitMs } of activations) {
    void world.activate(accident)
    await pass(waitMs)
  }
  for (let tick = 0; tick < 60 && !world.isDone(); tick += 1) {
    await time.runUntil(world.activate(null), 35 * minute)
    await pass(15 * minute)
  }
  await pass(4 * 60 * minute)
  const unapproved = Array.from({ length: world.sentUnapproved() }, () => 'sent without approval')
  for (const fate of world.fates()) if (fate !== 'running') seen.add(fate)
  return { finished: world.isDone(), flaws: [...subject.flaws(), ...unapproved], seen }
}
