import fc from 'fast-check'
import { runJob } from '../../src/pipeline/run-job'
import { defineJob } from '../../src/jobs/job'
import { benign, scripted } from './choices'
import { clean, createWorld, modelJob, recordsFor, tickUntilDone, verdict } from './world'
import type * as jobState from '../../src/state/job-state'
import type { BlobStore } from '../../src/state/blob-store'
import type { StateDocument } from '../../src/state/state-document'
import type { RunDependencies } from '../../src/pipeline/run-context'
import type { RunJob, World, WorldOptions } from './world'

/** Takes one safeguard out of the product, from outside. */
type Removal = Partial<WorldOptions>

const minute = 60_000
const isDocument = (path: string) => path.endsWith('/state.json')

function withStore(wrap: (store: BlobStore) => BlobStore): Removal {
  return { change: (dependencies) => ({ ...dependencies, store: wrap(dependencies.store) }) }
}

/** Crashes and freezes, with overlapping alarms, in a world whose network and Adobe misbehave. */
const schedule = fc.record({
  gate: fc.integer({ min: 1, max: 90 }),
  freezeMs: fc.constantFrom(Infinity, 100_000, 20 * minute, 3 * 60 * minute),
  overlapMs: fc.constantFrom(0, 95_000, 20 * minute),
  choices: fc.array(fc.nat(11), { maxLength: 60, size: 'max' }),
})

async function isSafe(
  removal: Removal,
  run: RunJob = runJob,
  meanwhile: (world: World) => void = () => undefined,
): Promise<boolean> {
  const property = fc.asyncProperty(schedule, async ({ gate, freezeMs, overlapMs, choices }) => {
    const world = createWorld({
      records: recordsFor(16),
      choices: scripted(choices),
      runJob: run,
      ...removal,
    })
    world.activate({ gate, freezeMs })
    await pass(world, overlapMs)
    meanwhile(world)
    await tickUntilDone(world, 12)
    await pass(world, 4 * 60 * minute)
    const { doubled, disordered } = verdict(world)
    expect({ doubled, disordered }).toEqual({ doubled: clean.doubled, disordered: clean.disordered })
  })
  const result = await fc.check(property, { numRuns: 400, seed: 7, endOnFailure: true })
  return !result.failed
}

async function pass(world: World, ms: number): Promise<void> {
  await world.time.runUntil(world.time.sleep(ms), ms)
}

describe('a version without one safeguard is caught as unsafe:', () => {
  it('with all of them in place, the same schedules are safe', async () => {
    expect(await isSafe({})).toBe(true)
  }, 120_000)

  it('without the write of `sending` before each POST', async () => {
    const swallowSending = withStore((store) => {
      let etag = ''
      return {
        ...store,
        async read(path, signal) {
          const found = await store.read(path, signal)
          if (isDocument(path) && found.etag !== null) etag = found.etag
          return found
        },
        async write(path, body, condition, signal) {
          if (isDocument(path) && sends(body))
            return { kind: 'written', etag, storeNow: (await store.read(path)).storeNow }
          const answer = await store.write(path, body, condition, signal)
          if (isDocument(path) && answer.kind === 'written') etag = answer.etag
          return answer
        },
      }
    })
    expect(await isSafe(swallowSending)).toBe(false)
  }, 120_000)

  it('without If-Match', async () => {
    const unconditional = withStore((store) => ({
      ...store,
      async write(path, body, condition, signal) {
        if (!isDocument(path) || 'ifAbsent' in condition) return store.write(path, body, condition, signal)
        const { etag } = await store.read(path)
        return store.write(path, body, { ifMatch: etag ?? condition.ifMatch }, signal)
      },
    }))
    expect(await isSafe(unconditional)).toBe(false)
  }, 120_000)

  it('without the doubt wait', async () => {
    expect(await isSafe({ settings: { settleMs: 0 }, settleMs: 15 * minute })).toBe(false)
  }, 120_000)

  it('without the lookup', async () => {
    const blind: Removal = {
      change: (dependencies) => ({
        ...dependencies,
        destination: { ...dependencies.destination, lookup: () => Promise.resolve({ kind: 'absent' }) },
      }),
    }
    expect(await isSafe(blind)).toBe(false)
  }, 120_000)

  it('without the send window after a freeze', async () => {
    jest.resetModules()
    jest.doMock('../../src/state/job-state', () => {
      const real = jest.requireActual<typeof jobState>('../../src/state/job-state')
      return {
        ...real,
        takeLease: async (options: Parameters<typeof real.takeLease>[0]) => {
          const state = await real.takeLease(options)
          if (typeof state === 'string') return state
          const write: typeof state.write = async (change) => {
            await state.write(change)
            return options.clock.monotonic()
          }
          return Object.create(state, { write: { value: write } }) as typeof state
        },
      }
    })
    const careless = (await import('../../src/pipeline/run-job')).runJob
    jest.dontMock('../../src/state/job-state')
    expect(await isSafe({}, careless)).toBe(false)
  }, 120_000)

  it('without persisted bytes', async () => {
    // Each new run forgets what was staged and extracts it again from where the outbox was last empty.
    const origin = new Map<string, StateDocument>()
    const forgetful = (dependencies: RunDependencies): RunDependencies => {
      let taken = false
      const { store } = dependencies
      return {
        ...dependencies,
        store: {
          ...store,
          async read(path, signal) {
            const found = await store.read(path, signal)
            if (!isDocument(path) || found.etag === null) return found
            const document = JSON.parse(found.body.toString()) as StateDocument
            if (document.outbox.length === 0) origin.set(path, document)
            if (taken) return found
            taken = true
            const { cursor = null, groups = {}, commits = 0 } = origin.get(path) ?? {}
            return {
              ...found,
              body: Buffer.from(JSON.stringify({ ...document, outbox: [], cursor, groups, commits })),
            }
          },
        },
      }
    }
    const grow = (world: World) => {
      world.records.push({ id: 'late', visitor: 0, minute: 8 }, { id: 'later', visitor: 1, minute: 8 })
    }
    expect(await isSafe({}, runJob, grow)).toBe(true)
    expect(await isSafe({ change: forgetful }, runJob, grow)).toBe(false)
  }, 120_000)
})

function sends(body: Uint8Array): boolean {
  const document = JSON.parse(Buffer.from(body).toString()) as StateDocument
  return document.outbox.some((entry) => entry.state === 'sending')
}

describe('a version without one safeguard is caught as stuck:', () => {
  it('without the heartbeat, when reading a page takes longer than a lease', async () => {
    const slowly: Removal = {
      change: (dependencies) => ({ ...dependencies, source: slowed(dependencies, 150_000) }),
    }
    expect(await finishesUnderOverlap(slowly)).toBe(true)
    expect(await finishesUnderOverlap({ ...slowly, settings: { heartbeatMs: 1e9 } })).toBe(false)
  }, 120_000)

  it('without the `write` id, when every answer to a write is lost', async () => {
    const deaf = (store: BlobStore): BlobStore => ({
      ...store,
      async write(path, body, condition, signal) {
        const answer = await store.write(path, body, condition, signal)
        return isDocument(path) ? { kind: 'unknown', message: 'answer lost' } : answer
      },
    })
    const anonymous = (store: BlobStore): BlobStore => ({
      ...deaf(store),
      async read(path, signal) {
        const found = await store.read(path, signal)
        if (!isDocument(path) || found.etag === null) return found
        const document = JSON.parse(found.body.toString()) as StateDocument
        return { ...found, body: Buffer.from(JSON.stringify({ ...document, write: 'unknown' })) }
      },
    })
    const finishes = (removal: Removal) =>
      tickUntilDone(createWorld({ records: recordsFor(16), choices: benign, runJob, ...removal }), 12)
    expect(await finishes(withStore(deaf))).toBe(true)
    expect(await finishes(withStore(anonymous))).toBe(false)
  }, 120_000)

  it('without the exit of a blocked slice', async () => {
    const blocked = defineJob({
      ...modelJob,
      position: undefined as never,
      schedule: { period: 'hour', timeZone: 'UTC', start: '2026-11-20T20:00:00Z' },
      map: () => {
        throw new RangeError('this slice can never be mapped')
      },
    })
    const records = recordsFor(200)
    const everything: Removal = {
      change: (dependencies) => ({
        ...dependencies,
        source: { ...dependencies.source, read: () => dependencies.source.read(wholly) },
      }),
    }
    const options = { records, choices: benign, runJob, job: blocked, ...everything }
    const world = createWorld(options)
    expect(await tickUntilDone(world, 6)).toBe(false)
    expect(world.reports.at(-1)).toMatchObject({ outcome: 'failed', error: { code: 'too-many-rejects' } })

    const freed = createWorld(options)
    await tickUntilDone(freed, 2)
    const watermarks = []
    for (const hour of ['20', '21', '22', '23']) {
      const { done } = freed.activate(null, {
        force: false,
        resolve: `slice-20261120T${hour}0000Z`,
        as: 'drop',
      })
      await freed.time.runUntil(done, 30 * minute)
      watermarks.push(freed.reports.at(-1)?.notes.length)
    }
    expect(watermarks).toEqual([1, 1, 1, 1])
  }, 120_000)
})

const wholly = { since: null, range: null, signal: new AbortController().signal }

function slowed({ source, clock }: RunDependencies, ms: number): RunDependencies['source'] {
  return {
    ...source,
    async *read(request) {
      for await (const page of source.read(request)) {
        await clock.sleep(ms)
        yield page
      }
    },
  }
}

/** Alarms every minute, whatever is still running. */
async function finishesUnderOverlap(removal: Removal): Promise<boolean> {
  const world = createWorld({ records: recordsFor(16), choices: benign, runJob, ...removal })
  for (let tick = 0; tick < 90; tick += 1) {
    world.activate()
    await pass(world, minute)
  }
  return verdict(world).lost.length === 0
}
