import { nothingToDo } from '../../../src/pipeline/due'
import { inspectJob } from '../../../src/pipeline/inspect-job'
import { jobWith, runDependencies } from '../../fixtures/run-dependencies'
import { batchIn, storedDocument, storedReport } from '../../fixtures/stored-state'
import { fullRefreshSync, incrementalSync, slicedSync } from '../../fixtures/syncs'
import type { Sync } from '../../../src/definition/sync'
import type { StateDocument } from '../../../src/state/state-document'

const path = 'jobs/job/state.json'
const today = Date.UTC(2026, 10, 21)
const minute = 60_000
const lease = {
  owner: 'o',
  run: 'run-0',
  activation: 'a-0',
  takenAt: today - 20 * minute,
  endsAt: today + 10 * minute,
}

function world(document: Partial<StateDocument> | null, sync: Sync = slicedSync()) {
  const { store, clock, settings } = runDependencies()
  if (document) {
    const body = Buffer.from(JSON.stringify(storedDocument(document)))
    store.files.set(path, { body, etag: '"1"', modifiedAt: clock.now() })
  }
  return { store, clock, settings, job: jobWith({ sync }) }
}

describe('inspecting a job', () => {
  it('needs its name, its sync mode and the store, and changes nothing', async () => {
    const { store, clock, settings } = world({ watermark: today })
    const shown = await inspectJob({
      store,
      clock,
      settings,
      job: { name: 'job', sync: slicedSync() },
    })

    expect(shown).toMatchObject({
      job: 'job',
      lease: null,
      mode: 'sliced',
      doneUntil: '2026-11-21T00:00:00.000Z',
      next: { name: 'slice-20261121T000000Z', due: false },
    })
    expect(store.files.get(path)?.etag).toBe('"1"')
  })

  it('reports that a job has not run yet', async () => {
    expect(await inspectJob(world(null))).toEqual({ job: 'job', state: 'This job has not run yet.' })
  })

  it('shows the cursor of an incremental job as its source writes it', async () => {
    const cursor = { at: '2026-11-20T23:00:00', since: '2026-11-21T00:00:00+01:00' }

    expect(await inspectJob(world({ cursor }, incrementalSync()))).toMatchObject({
      mode: 'incremental',
      cursor: '2026-11-21T00:00:00+01:00',
    })
  })

  it('shows since when a batch is held or accepted', async () => {
    const { id } = batchIn('accepted')
    const shown = await inspectJob(world({ outbox: [batchIn('held', { id: 'h' }), batchIn('accepted')] }))

    expect(shown).toMatchObject({
      outbox: [
        { batch: 'h', heldSince: '1970-01-01T00:00:00.005Z' },
        { batch: id, acceptedAt: '1970-01-01T00:00:00.030Z' },
      ],
    })
  })

  it('shows what is held with its choices', async () => {
    expect(
      await inspectJob(world({ outbox: [batchIn('held'), batchIn('staged', { id: 'b' })] })),
    ).toMatchObject({
      outbox: [
        { batch: 'batch-1', state: 'held' },
        { batch: 'b', state: 'staged' },
      ],
      held: [
        {
          batch: 'batch-1',
          code: 'rejected',
          choices: [expect.stringContaining('as=resend'), expect.anything()],
        },
      ],
    })
  })

  it('shows open rejects with the day they expire', async () => {
    const segments = [{ run: 'r', file: 'f', id: 1, open: 2, at: today }]

    expect(await inspectJob(world({ rejects: { index: null, segments } }))).toMatchObject({
      rejects: [{ file: 'f', open: 2, expires: '2026-12-21T00:00:00.000Z' }],
    })
  })

  it('shows a backfill and how far it is done', async () => {
    const backfill = {
      ...{
        kind: 'backfill' as const,
        mode: 'sliced' as const,
        name: 'backfill-1',
        generation: 1,
        force: true,
      },
      ...{ from: today - 60 * minute, to: today, doneTo: today - 30 * minute },
    }
    const replay = { kind: 'replay' as const, name: 'replay-1', generation: 0 }

    expect(await inspectJob(world({ backfills: [backfill, replay] }))).toMatchObject({
      backfills: [
        { name: 'backfill-1', from: '2026-11-20T23:00:00.000Z', doneTo: '2026-11-20T23:30:00.000Z' },
        { name: 'replay-1', kind: 'replay' },
      ],
    })
  })
})

describe('inspecting a lease', () => {
  async function leaseAfter(waitMs: number, endsAt = lease.endsAt) {
    const { clock, ...rest } = world({ lease: { ...lease, endsAt } })
    await clock.advance(waitMs)
    return ((await inspectJob({ ...rest, clock })) as { lease: Record<string, unknown> }).lease
  }

  it('reports that a run is at work while it renews the lease', async () => {
    expect(await leaseAfter(90_000)).toMatchObject({ run: 'run-0', activation: 'a-0', held: true })
    expect(await leaseAfter(90_000)).not.toHaveProperty('lastRun')
  })

  it('reports that the run was killed by its time limit where it last wrote near that limit', async () => {
    const shown = await leaseAfter(91_000, today + 20_000)

    expect(shown).toMatchObject({
      held: false,
      lastRun: expect.stringContaining('time limit: its last write was 20 s before') as string,
    })
  })

  it('suspects memory or a crash where the run last wrote long before its limit', async () => {
    expect((await leaseAfter(91_000)).lastRun).toMatch(/out of memory or crashed.*activation a-0/)
  })
})

describe('whether a run is needed', () => {
  const success = storedReport({ endedAt: new Date(today - 10 * minute).toISOString() })
  const done = { watermark: today, reports: [success] }

  it('is no while what was due has succeeded', async () => {
    expect(await nothingToDo(world(done))).toEqual({
      ...{ job: 'job', outcome: 'skipped', reason: 'nothing-due' },
      lastRun: success,
    })
  })

  it('is no while a run is at work', async () => {
    expect(await nothingToDo(world({ ...done, lease }))).toMatchObject({ reason: 'lease-held' })
  })

  it.each([incrementalSync(), fullRefreshSync()])(
    'is no for a quarter of an hour where only its source knows ($mode)',
    async (sync) => {
      const { clock, ...rest } = world(done, sync)
      expect(await nothingToDo({ ...rest, clock })).toMatchObject({ reason: 'nothing-due' })
      await clock.advance(5 * minute)
      expect(await nothingToDo({ ...rest, clock })).toBeNull()
    },
  )

  it.each([
    ['it never ran', null],
    ['a slice is due', { ...done, watermark: today - 24 * 60 * minute }],
    ['the last run failed', { ...done, reports: [storedReport({ outcome: 'failed' })] }],
    ['the last run was partial', { ...done, reports: [storedReport({ outcome: 'partial' })] }],
    ['a batch is on its way', { ...done, outbox: [batchIn('accepted')] }],
    ['a backfill waits', { ...done, backfills: [{ kind: 'replay' as const, name: 'r', generation: 0 }] }],
  ])('is yes where %s', async (_what, document) => {
    expect(await nothingToDo(world(document))).toBeNull()
  })

  it('is yes where the last run was killed', async () => {
    const { clock, ...rest } = world({ ...done, lease })
    await clock.advance(91_000)

    expect(await nothingToDo({ ...rest, clock })).toBeNull()
  })
})
