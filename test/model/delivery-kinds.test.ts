import fc from 'fast-check'
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
import { textFile } from '../fixtures/text-format'
import { scripted } from './choices'
import { keyedDestination, keyedService } from './destinations/keyed'
import { namedDestination, namedService } from './destinations/named'
import { eventOf } from './destinations/rows'
import { upsertDestination, upsertService } from './destinations/upsert'
import { createTime, startProcess } from './time'
import type { Delivery, Destination, SendWindow } from '../../src/destinations/destination'
import type { DeliveryContext } from '../../src/pipeline/delivery/delivery-context'
import type { ExtractionStatus } from '../../src/pipeline/extraction-status'
import type { StateEvent } from '../../src/state/events'
import type { JobState } from '../../src/state/job-state'
import type { EntryIn, OutboxEntry } from '../../src/state/outbox-entry'
import type { StateDocument } from '../../src/state/state-document'
import type { Choices } from './choices'
import type { Network } from './destinations/network'
import type { Accident, Process, WorldTime } from './time'

const minute = 60_000
const settings = EngineSettings.parse({})
const settleMs = 15 * minute

interface Subject {
  readonly batches: readonly (readonly [entry: Partial<EntryIn<'staged'>>, lines: readonly string[]])[]
  open(network: Network): Destination
  /** What is wrong with what the destination has stored; empty where nothing is. */
  flaws(): readonly string[]
}

/** Removes a safeguard. */
type Tamper = (destination: Destination) => Destination

/** Whether the last commit is a plan, and which activation approves it. */
type ApprovedBy = number | null

/** Delivery alone, run after run over one document, with crashes, freezes, zombies and a network that misbehaves. */
function createWorld(
  subject: Subject,
  time: WorldTime,
  choices: Choices,
  tamper: Tamper,
  approvedBy: ApprovedBy,
) {
  const files = new Map<string, Buffer>()
  const identity = subject.open(networkOf(startProcess(time, null))).identity
  const outbox = subject.batches.map(([change, lines], index) => {
    const { bytes, sha256, contentSha256 } = textFile(lines)
    const entry = staged(`b${index}`, { ...change, rows: lines.length, sha256, contentSha256 })
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
  let activations = 0
  let sentUnapproved = 0
  let writtenAt = -Infinity
  let holder: object | null = null

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
              memory.lose(new JobError('lease-lost', 'Taken over.', 'Nothing to do.'))
              return
            }
            for (const event of events) memory.later(event)
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
    if (holder !== null && time.now() - writtenAt < settings.leaseTtlMs) return Promise.resolve()
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
    return work.then(() => {
      if (holder === owner) holder = null
    })
  }

  return {
    activate,
    isDone: () => durable.outbox.every(({ state }) => state === 'confirmed') && holder === null,
    sentUnapproved: () => sentUnapproved,
  }
}

/** A person sends a batch again whose import broke four times. */
function resent(entry: OutboxEntry): OutboxEntry {
  return entry.state === 'held' ? { ...batchOf(entry), state: 'staged', retries: 0 } : entry
}

const schedule = fc.record({
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
type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never

type OpenSubject = (time: WorldTime, choices: Choices) => Subject

async function play(
  open: OpenSubject,
  { activations, choices }: Schedule,
  tamper: Tamper,
  approvedBy: ApprovedBy = null,
) {
  const time = createTime()
  const pass = (ms: number) => time.runUntil(time.sleep(ms), ms)
  const script = scripted(choices)
  const subject = open(time, script)
  const world = createWorld(subject, time, script, tamper, approvedBy)
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
  return { finished: world.isDone(), flaws: [...subject.flaws(), ...unapproved] }
}

const numRuns = 200

const intact: Tamper = (destination) => destination

async function isSafe(open: OpenSubject, tamper: Tamper): Promise<boolean> {
  const property = fc.asyncProperty(schedule, async (drawn) => {
    expect((await play(open, drawn, tamper)).flaws).toEqual([])
  })
  return !(await fc.check(property, { numRuns, seed: 11, endOnFailure: true })).failed
}

/** Four batches of each of two partitions. */
const eventBatches: Subject['batches'] = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => {
  const visitor = index % 2
  const at = Math.floor(index / 2) * 2
  const lines = [at, at + 1].map((time) => `r${visitor}.${time},${visitor},${time}\n`)
  return [{ partition: `p${visitor}`, commit: 1 + Math.floor(index / 4) }, lines]
})

function eventFlaws(stored: readonly string[]): string[] {
  const wanted = eventBatches.flatMap(([, lines]) => lines.map((line) => line.trimEnd()))
  const lost = wanted.filter((line) => !stored.includes(line)).map((line) => `lost ${line}`)
  const doubled = stored
    .filter((line, index) => stored.indexOf(line) !== index)
    .map((line) => `doubled ${line}`)
  const newest = new Map<number, number>()
  const disordered = stored.filter((line) => {
    const { visitor, at } = eventOf(line)
    const late = at < (newest.get(visitor) ?? -1)
    newest.set(visitor, Math.max(at, newest.get(visitor) ?? -1))
    return late
  })
  return [...lost, ...doubled, ...disordered.map((line) => `disordered ${line}`)]
}

const keyed: OpenSubject = () => {
  const service = keyedService()
  return {
    batches: eventBatches,
    open: (network) => keyedDestination(service, network),
    flaws: () => eventFlaws(service.lines),
  }
}

const named: OpenSubject = (time, choices) => {
  const service = namedService(time, choices)
  return {
    batches: eventBatches,
    open: (network) => namedDestination(service, network),
    flaws: () => eventFlaws(service.lines),
  }
}

const versions = ['1', '2', '3']
const keys = ['a', 'b', 'c', 'd', 'e', 'f']

/** Three commits that give every key a newer value, in three batches each. */
const valueBatches: Subject['batches'] = versions.flatMap((version, index) =>
  [0, 2, 4].map((from) => {
    const lines = keys.slice(from, from + 2).map((key) => `${key}=${version}\n`)
    return [{ partition: 'dataset', commit: index + 1 }, lines] as const
  }),
)

const upsert: OpenSubject = (time, choices) => upsertSubject(time, choices, valueBatches)

const upsertInOneCommit: OpenSubject = (time, choices) =>
  upsertSubject(
    time,
    choices,
    valueBatches.map(([entry, lines]) => [{ ...entry, commit: 1 }, lines] as const),
  )

function upsertSubject(time: WorldTime, choices: Choices, batches: Subject['batches']): Subject {
  const service = upsertService(time, choices, ['broken'])
  return {
    batches,
    open: (network) => upsertDestination(service, network),
    flaws() {
      const stale = service.history.filter(({ key, value }, index) =>
        service.history.slice(0, index).some((before) => before.key === key && before.value > value),
      )
      const wrong = keys.filter((key) => service.values.get(key) !== versions.at(-1))
      return [
        ...stale.map(({ key, value }) => `${key} went back to ${value}`),
        ...wrong.map((key) => `${key} is ${service.values.get(key) ?? 'missing'}`),
      ]
    },
  }
}

describe.each([
  ['keyed', keyed],
  ['named', named],
  ['upsert', upsert],
] as const)('%s delivery', (_kind, open) => {
  it('stores every row once, in order, when nothing goes wrong', async () => {
    expect(await play(open, { activations: [], choices: [] }, intact)).toEqual({ finished: true, flaws: [] })
  })

  it('stores every row once, in order, through crashes, freezes and lost answers, and always finishes', async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async (drawn) => {
        expect(await play(open, drawn, intact)).toEqual({ finished: true, flaws: [] })
      }),
      { numRuns, seed: 3 },
    )
  }, 300_000)
})

describe.each([
  ['keyed', keyed],
  ['named', named],
  ['upsert', upsert],
] as const)('%s delivery with a plan', (_kind, open) => {
  it('sends no row of it before the approval and each row once, through the same faults', async () => {
    await fc.assert(
      fc.asyncProperty(schedule, fc.nat(4), async (drawn, approvedBy) => {
        expect(await play(open, drawn, intact, approvedBy)).toEqual({ finished: true, flaws: [] })
      }),
      { numRuns: 60, seed: 5 },
    )
  }, 300_000)
})

describe('a version without one safeguard is caught as unsafe:', () => {
  const deliveryWith = (change: (delivery: Delivery) => Delivery): Tamper => {
    return (destination) => ({ ...destination, delivery: change(destination.delivery) })
  }
  const withoutLookup = deliveryWith((delivery) =>
    delivery.kind === 'upsert'
      ? delivery
      : { ...delivery, lookup: () => Promise.resolve({ kind: 'absent' as const }) },
  )
  const withoutWait = deliveryWith((delivery) =>
    delivery.kind === 'upsert'
      ? { ...delivery, settleMs: -settings.sendTimeoutMs }
      : { ...delivery, visibleWithinMs: 0 },
  )
  const withoutPoll: Tamper = (destination) => ({
    ...destination,
    poll: () => Promise.resolve({ kind: 'done' as const }),
  })
  const forever: SendWindow = { signal: new AbortController().signal, isOpen: () => true }
  const withoutWindow: Tamper = (destination) => ({
    ...destination,
    send: (batch, _window, handle) => destination.send(batch, forever, handle),
  })

  it.each<[string, OpenSubject, Tamper]>([
    ['the lookup by key', keyed, withoutLookup],
    ['the wait before an absence by key counts', keyed, withoutWait],
    ['the lookup by name', named, withoutLookup],
    ['the wait before an absence by name counts', named, withoutWait],
    ['the barrier before newer values', upsert, withoutWait],
    ['the poll', upsert, withoutPoll],
    ['the order of commits', upsertInOneCommit, intact],
    ['the send window right before a request leaves', keyed, withoutWindow],
  ])(
    'without %s',
    async (_what, open, tamper) => {
      expect(await isSafe(open, tamper)).toBe(false)
    },
    300_000,
  )
})
