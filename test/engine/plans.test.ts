import { fullRefresh } from '../../src/definition/full-refresh'
import { incremental } from '../../src/definition/incremental'
import { sliced } from '../../src/definition/sliced'
import { atInstant, engineWorld, hourMs, jobOf, minute, minuteMs, rowOf } from '../fixtures/engine-world'
import { exitsIn } from '../fixtures/exits'
import { scriptedDestination } from '../fixtures/scripted-destination'
import { linesOf } from '../fixtures/text-format'
import type { ReviewAnswer } from '../../src/destinations/destination'
import type { Job } from '../../src/definition/job'
import type { RunReport } from '../../src/state/run-report'
import type { EngineWorld, Event } from '../fixtures/engine-world'
import type { BlobOperation } from '../fixtures/memory-blob-store'
import type { DeliveryKind } from '../fixtures/scripted-destination'

const refresh = fullRefresh({ primaryKey: 'id' })
const kinds: readonly DeliveryKind[] = ['keyed', 'named', 'upsert']

function events(from: number, to: number): readonly Event[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({
    id: `e${from + index}`,
    at: minute(from + index),
  }))
}

const idsOf = (from: number, to: number) => events(from, to).map(({ id }) => id)

/** A world whose source has ten records, which make three batches. */
function worldOf(): EngineWorld {
  const world = engineWorld()
  world.feed.records = events(1, 10)
  return world
}

const destinationOf = (world: EngineWorld, kind: DeliveryKind) =>
  kind === 'upsert' ? scriptedDestination(world.list, kind) : scriptedDestination(world.list, kind)

function approvedJob(world: EngineWorld, changes: Partial<Omit<Job, 'faults'>> = {}): Job {
  return jobOf(world, { approval: 'required', ...changes })
}

/** @throws where the report has no plan */
function planIn({ plan, notes }: RunReport) {
  if (!plan) throw new RangeError(`no plan: ${notes.join(' ')}`)
  return plan
}

/** The rows in every file of the waiting plan. */
function plannedRows(world: EngineWorld, job: Job): readonly string[] {
  const planned = world.stateOf(job).outbox.filter(({ state }) => state === 'planned')
  return planned.flatMap(({ run, file }) =>
    linesOf(world.store.files.get(`jobs/${job.name}/outbox/${run}/${file}`)?.body ?? Buffer.alloc(0)),
  )
}

const settle = async (world: EngineWorld, job: Job) => {
  let report = await world.run(job)
  for (let run = 0; run < 5 && report.reason === 'waiting'; run += 1) report = await world.run(job)
  return report
}

/** A run that took the lease, and was killed before it could give it back. */
async function killUnderLease(world: EngineWorld, job: Job): Promise<void> {
  let writes = 0
  const isSecondWrite = ({ kind, path }: BlobOperation) =>
    kind === 'write' && path.endsWith('state.json') && writes++ === 1
  await world.kill(job, isSecondWrite, { approve: 'another' })
}

describe.each(kinds)('a job with an approval, sent as %s,', (kind) => {
  it('waits with a plan of all records that a run reads, sends nothing, and reads nothing more', async () => {
    const world = worldOf()
    const job = approvedJob(world, { destination: destinationOf(world, kind) })

    const first = await world.run(job)
    world.feed.records = events(1, 12)
    const second = await world.run(job)

    expect(first).toMatchObject({ outcome: 'partial', reason: 'approval', batches: 3, pending: 3, held: [] })
    const plan = planIn(first)
    expect(plan).toMatchObject({
      ...{ rows: 10, batches: 3, first: minute(1), last: minute(10), target: `list-${kind} list` },
      ...{ sample: ['e1\n', 'e2\n', 'e3\n', 'e4\n', 'e5\n'], serverCalls: null },
    })
    expect(first.notes.join(' ')).toContain(`approve=${plan.id}`)
    expect(world.hits()).toEqual([])
    expect(second).toMatchObject({
      outcome: 'partial',
      reason: 'approval',
      records: 0,
      plan: { id: plan.id },
    })
    expect(world.feed.asked).toHaveLength(1)
  })

  it('sends the approved bytes, also after the definition has changed, and reads on', async () => {
    const world = worldOf()
    const destination = destinationOf(world, kind)
    const job = approvedJob(world, { destination })
    const { id } = planIn(await world.run(job))
    const planned = plannedRows(world, job)
    const renamed = (event: unknown) => ({ ...rowOf(event as Event), id: `renamed-${(event as Event).id}` })
    const changed = jobOf(world, { destination, map: renamed })
    world.feed.records = events(1, 11)

    await world.run(changed, { approve: id })
    const report = await settle(world, changed)

    expect(report).toMatchObject({ outcome: 'succeeded', pending: 0 })
    expect([...planned].sort()).toEqual(idsOf(1, 10).sort())
    expect(world.hits()).toEqual([...planned, 'renamed-e11'])
  })

  it('approves a plan once, however often its approval is given', async () => {
    const world = worldOf()
    const job = approvedJob(world, { destination: destinationOf(world, kind) })
    const { id } = planIn(await world.run(job))

    await world.run(job, { approve: id })
    await settle(world, job)
    const again = await world.run(job, { approve: id })
    await world.pass(2 * hourMs)
    const muchLater = await world.run(job, { approve: id })

    expect(again.outcome).toBe('succeeded')
    expect(again.notes.join(' ')).toContain(`is not accepted twice: Plan ${id} was approved`)
    expect(muchLater.outcome).toBe('succeeded')
    expect(muchLater.notes.join(' ')).toMatch(/was approved at .* by run .*; nothing was left to approve/)
    expect(world.hits()).toHaveLength(10)
  })

  it('sends halves of an approved batch that is too large without another approval', async () => {
    const world = worldOf()
    const job = approvedJob(world, { destination: destinationOf(world, kind) })
    const { id } = planIn(await world.run(job))
    world.list.fates.push({ kind: 'too-large', message: 'HTTP 413' })

    await world.run(job, { approve: id })
    const report = await settle(world, job)

    expect(report).toMatchObject({ outcome: 'succeeded', pending: 0 })
    expect(world.list.stored).toHaveLength(4)
    expect([...world.hits()].sort()).toEqual(idsOf(1, 10).sort())
  })

  it('loses and duplicates no row where the run is killed at any store operation after the approval', async () => {
    for (let step = 0; ; step += 1) {
      const world = worldOf()
      const job = approvedJob(world, { destination: destinationOf(world, kind) })
      const { id } = planIn(await world.run(job))
      let operations = 0
      const isNext = ({ path }: BlobOperation) => path !== '' && operations++ === step
      const isDead = await world.kill(job, isNext, { approve: id }).then(
        () => true,
        () => false,
      )
      await world.pass(2 * minuteMs)
      await world.run(job, { approve: id })
      for (let run = 0; run < 8; run += 1) {
        await world.pass(20 * minuteMs)
        await world.run(job)
      }
      // An upsert that is sent again replaces its rows.
      const rows = kind === 'upsert' ? [...new Set(world.hits())] : [...world.hits()]
      expect([step, rows.sort()]).toEqual([step, idsOf(1, 10).sort()])
      if (!isDead) return
    }
  })
})

describe('a plan id', () => {
  it('of another plan is refused, and the error names the one that waits', async () => {
    const world = worldOf()
    const job = approvedJob(world)
    const first = planIn(await world.run(job))
    await world.run(job, { approve: first.id })
    world.feed.records = events(1, 11)
    const second = planIn(await world.run(job))

    const stale = await world.run(job, { approve: first.id, again: undefined })
    const unknown = await world.run(job, { approve: 'ab'.repeat(32) })

    expect(second.id).not.toBe(first.id)
    expect(stale).toMatchObject({ outcome: 'partial', reason: 'approval', plan: { id: second.id } })
    expect(unknown).toMatchObject({ outcome: 'failed', error: { code: 'params-invalid' } })
    expect(unknown.error?.remedy).toContain(`approve=${second.id}`)
    expect(world.hits()).toHaveLength(10)
  })

  it('of a plan that was decided an hour before is refused while another waits', async () => {
    const world = worldOf()
    const job = approvedJob(world)
    const first = planIn(await world.run(job))
    await world.run(job, { approve: first.id })
    world.feed.records = events(1, 11)
    await world.run(job)
    await world.pass(2 * hourMs)

    const stale = await world.run(job, { approve: first.id })

    expect(stale).toMatchObject({ outcome: 'failed', error: { code: 'params-invalid' } })
    expect(world.hits()).toHaveLength(10)
  })

  it('changes with the content of the batches', async () => {
    const ids = await Promise.all(
      [1, 2].map(async (value) => {
        const world = worldOf()
        world.feed.records = [{ id: 'e1', at: minute(1), value }]
        return planIn(await world.run(approvedJob(world))).id
      }),
    )

    expect(new Set(ids).size).toBe(2)
  })

  it.each<[string, object]>([
    ['force', { force: true }],
    ['a range', { from: minute(1), to: minute(2) }],
    ['a resolution', { resolve: 'plan', as: 'drop' }],
  ])('together with %s is refused', async (_, more) => {
    const world = worldOf()
    const job = approvedJob(world)
    const { id } = planIn(await world.run(job))

    const report = await world.run(job, { approve: id, ...more })

    expect(report).toMatchObject({ outcome: 'failed', error: { code: 'params-invalid' } })
    expect(world.hits()).toEqual([])
  })

  it('is not accepted while another run holds the lease, and can be given again', async () => {
    const world = worldOf()
    const job = approvedJob(world)
    const { id } = planIn(await world.run(job))
    await killUnderLease(world, job)

    const early = await world.run(job, { approve: id })
    await world.pass(2 * minuteMs)
    const later = await world.run(job, { approve: id })

    expect(early).toMatchObject({ outcome: 'skipped', reason: 'lease-held' })
    expect(early.notes.join(' ')).toContain('The command was not accepted')
    expect(later.outcome).toBe('succeeded')
    expect(world.hits()).toHaveLength(10)
  })

  it('is refused where the job sends to another target by then, until that is put back', async () => {
    const world = worldOf()
    const job = approvedJob(world)
    const { id } = planIn(await world.run(job))
    world.list.address = 'elsewhere:'
    const refused = await world.run(job, { approve: id })
    world.list.address = 'list:'
    const approved = await world.run(job, { approve: id })

    expect(refused).toMatchObject({ outcome: 'failed', error: { code: 'params-invalid' } })
    expect(refused.error?.message).toContain('list-keyed list at elsewhere:')
    expect(approved.outcome).toBe('succeeded')
  })
})

describe('a dropped plan', () => {
  const keyedSyncs: readonly [string, Job['sync']][] = [
    ['a full refresh', refresh],
    ['a lookback', incremental({ cursor: atInstant, primaryKey: 'id', lookback: { days: 30 } })],
  ]

  it.each(keyedSyncs)('of %s sends no row of it; corrected content is a new plan', async (_, sync) => {
    const world = worldOf()
    const job = approvedJob(world, { sync })
    const first = await world.run(job)
    const [drop] = exitsIn(first).filter(({ resolve }) => resolve === 'plan')

    const dropped = await world.run(job, drop)
    const again = await world.run(job)
    world.feed.records = events(1, 10).map((event) => (event.id === 'e4' ? { ...event, value: 7 } : event))
    const mended = await world.run(job)
    await world.run(job, { approve: planIn(mended).id })

    expect(dropped.notes.join(' ')).toContain('was dropped')
    expect(again).toMatchObject({ outcome: 'succeeded', rows: 0, pending: 0 })
    expect(mended).toMatchObject({ taken: 1, plan: { rows: 1 } })
    expect(world.hits()).toEqual(['e4=7'])
    expect([...world.store.files.keys()].filter((path) => path.endsWith('.txt'))).toEqual([])
  })

  it('leaves records known as sent that an earlier commit sent', async () => {
    const world = worldOf()
    const plain = jobOf(world, { sync: refresh })
    await world.run(plain)
    const job = approvedJob(world, { sync: refresh })
    world.feed.records = [...events(1, 11)].map((event) =>
      event.id === 'e4' ? { ...event, value: 7 } : event,
    )
    await world.run(job)
    await world.run(job, { resolve: 'plan', as: 'drop' })
    world.feed.records = events(1, 11).map((event) => ({ ...event, value: 8 }))

    const report = await world.run(job)

    // The ten that were sent are duplicates; the one that was dropped is new with other content.
    expect(report).toMatchObject({ taken: 1, duplicates: 10, plan: { rows: 1, sample: ['e11=8\n'] } })
  })

  it('of a job without a primary key leaves its records at the cursor out, and a new event at that cursor is sent', async () => {
    const world = worldOf()
    const job = approvedJob(world)
    await world.run(job)
    await world.run(job, { resolve: 'plan', as: 'drop' })
    world.feed.records = [...events(1, 10), { id: 'late', at: minute(10) }]

    const report = await world.run(job)

    expect(report).toMatchObject({ repeated: 1, taken: 1, plan: { sample: ['late\n'] } })
  })

  it('cannot be approved, and no plan can be resolved in another way', async () => {
    const world = worldOf()
    const job = approvedJob(world)
    const { id } = planIn(await world.run(job))

    const resent = await world.run(job, { resolve: 'plan', as: 'resend' })
    await world.run(job, { resolve: id, as: 'drop' })
    const approved = await world.run(job, { approve: id })
    const droppedAgain = await world.run(job, { resolve: 'plan', as: 'drop' })

    expect(resent.error?.message).toBe('A plan cannot be resolved as resend.')
    expect(approved.error?.message).toContain(`Plan ${id} was dropped`)
    expect(droppedAgain.error?.message).toBe('No plan waits.')
    expect(world.hits()).toEqual([])
  })

  it('with rejects leaves those open, and a replay of them is a plan again', async () => {
    const world = worldOf()
    world.feed.records = [...events(1, 3), { id: 'bad\n', at: minute(4) }]
    const job = approvedJob(world)
    await world.run(job)
    await world.run(job, { resolve: 'plan', as: 'drop' })
    const mended = (event: unknown) => ({ ...rowOf(event as Event), id: (event as Event).id.trim() })
    const report = await world.run(approvedJob(world, { map: mended }), { resolve: 'rejects', as: 'resend' })

    expect(report).toMatchObject({ healed: 1, plan: { sample: ['bad\n'] } })
  })
})

describe('a range of expected rows', () => {
  const banded = (world: EngineWorld, rows: readonly [number, number], changes = {}) =>
    jobOf(world, { expect: { rows }, ...changes })

  it.each<[string, readonly [number, number], boolean]>([
    ['below the least', [11, 20], true],
    ['at the least', [10, 20], false],
    ['at the most', [5, 10], false],
    ['above the most', [5, 9], true],
  ])('lets a commit %s wait, or not', async (_, rows, waits) => {
    const world = worldOf()

    const report = await world.run(banded(world, rows))

    expect(report.reason).toBe(waits ? 'rows-out-of-range' : undefined)
    expect(world.hits()).toHaveLength(waits ? 0 : 10)
    if (waits) {
      const message = `The commit has 10 rows; the job expects ${rows.join(' to ')}.`
      expect(planIn(report).reasons).toEqual([{ code: 'rows-out-of-range', message }])
    }
  })

  it('counts all that an incremental run reads, though it fills several batches', async () => {
    const world = worldOf()
    const job = banded(world, [10, 10])

    await world.run(job)

    expect(world.stateOf(job).commits).toBe(1)
  })

  it('stops an empty slice, which a person may take as it is', async () => {
    const world = engineWorld()
    const sync = sliced({ every: 'day', timeZone: 'UTC', start: '2026-11-19', cursor: atInstant })
    const job = banded(world, [1, 100], { sync })
    world.feed.records = []

    const empty = await world.run(job)
    world.feed.records = events(1, 10)
    const goesOn = await world.run(job, { approve: planIn(empty).id })

    expect(empty).toMatchObject({ reason: 'rows-out-of-range', plan: { rows: 0, batches: 0 } })
    expect(goesOn).toMatchObject({ outcome: 'succeeded', rows: 10 })
  })

  it('does not apply to a backfill, which has no usual size', async () => {
    const world = worldOf()
    const job = banded(world, [10, 20])
    await world.run(job)
    const range = { force: true, from: minute(1), to: minute(3) }

    expect(await world.run(job, range)).toMatchObject({ outcome: 'succeeded', rows: 2 })
  })
})

describe('a review of the destination', () => {
  const concern = { code: 'server-calls', message: 'It would cost 90,000 server calls.' }

  it('receives the rows that the commit would send', async () => {
    const world = worldOf()
    world.list.partitions = 2
    const job = jobOf(world, { sync: refresh, destination: scriptedDestination(world.list, 'upsert') })
    await world.run(job)
    world.feed.records = events(3, 12)
    await settle(world, job)

    expect(world.list.reviewed).toEqual([
      {
        ...{ rows: 10, batches: 3 },
        newKeys: { count: 10, sample: events(1, 10).map(({ id }) => id) },
        span: { first: Date.parse(minute(1)) / 1000, last: Date.parse(minute(10)) / 1000 },
      },
      {
        ...{ rows: 2, batches: 1 },
        newKeys: { count: 2, sample: ['e11', 'e12'] },
        span: { first: Date.parse(minute(11)) / 1000, last: Date.parse(minute(12)) / 1000 },
      },
    ])
  })

  it('that raises a concern makes the commit a plan with its notes and cost', async () => {
    const world = worldOf()
    world.list.reviews.push({
      kind: 'reviewed',
      concerns: [concern],
      notes: ['Suites: a, b.'],
      cost: { serverCalls: 12 },
    })

    const report = await world.run(jobOf(world))

    expect(report).toMatchObject({ outcome: 'partial', reason: 'server-calls' })
    expect(report.plan).toMatchObject({ reasons: [concern], notes: ['Suites: a, b.'], serverCalls: 12 })
    expect(report.notes.join(' ')).toContain(concern.message)
    expect(world.hits()).toEqual([])
  })

  it('that raises a concern about a later commit of a run ends the reading there, and sends those before', async () => {
    const world = worldOf()
    world.list.reviews.push(
      { kind: 'reviewed', concerns: [], notes: [] },
      { kind: 'reviewed', concerns: [concern], notes: [] },
    )

    const report = await world.run(jobOf(world))

    expect(report).toMatchObject({ outcome: 'partial', reason: 'server-calls', pending: 1 })
    expect(world.hits().length).toBeLessThan(10)
    const { id } = planIn(report)
    await world.run(jobOf(world), { approve: id })
    expect(world.hits()).toEqual(idsOf(1, 10))
  })

  it.each<[Exclude<ReviewAnswer, { kind: 'reviewed' }>, string]>([
    [{ kind: 'unauthorized', message: 'HTTP 401' }, 'not-authorized'],
    [{ kind: 'not-permitted', message: 'HTTP 403' }, 'not-permitted'],
    [{ kind: 'throttled', retryAfterMs: 1 }, 'destination-unreachable'],
    [{ kind: 'not-sent', message: 'refused' }, 'destination-unreachable'],
    [{ kind: 'unknown', message: 'HTTP 502' }, 'destination-unreachable'],
  ])('that is not answered (%j) fails the run before anything is committed', async (answer, code) => {
    const world = worldOf()
    world.list.reviews.push(answer, answer)
    const job = jobOf(world)

    const failed = await world.run(job)
    world.list.reviews.length = 0
    const later = await world.run(job)

    expect(failed).toMatchObject({ outcome: 'failed', error: { code }, rows: 0, pending: 0 })
    expect(failed.error?.message).toContain('Nothing of it was committed.')
    expect(later).toMatchObject({ outcome: 'succeeded', rows: 10 })
    expect(world.hits()).toHaveLength(10)
  })

  it('that was refused once is asked again with a fresh token', async () => {
    const world = worldOf()
    world.list.reviews.push({ kind: 'unauthorized', message: 'HTTP 401' })

    expect(await world.run(jobOf(world))).toMatchObject({ outcome: 'succeeded', rows: 10 })
  })
})

describe('while a plan waits', () => {
  it('a tick costs one read and no write', async () => {
    const world = worldOf()
    const job = approvedJob(world)
    await world.run(job)
    const operations: string[] = []
    world.fault = ({ kind, path }) => {
      operations.push(`${kind} ${path}`)
      return 'ok'
    }

    await world.run(job)

    expect(operations).toEqual(['read jobs/job/state.json'])
  })

  it('an inspection shows the plan, its whole files and the commands', async () => {
    const world = worldOf()
    const job = approvedJob(world)
    const { id, folder } = planIn(await world.run(job))

    const { plan } = (await world.inspect(job)) as { plan: { files: { file: string }[] } }
    const stored = plan.files.filter(({ file }) => world.store.files.has(`${folder}${file}`))
    await world.run(job, { resolve: 'plan', as: 'drop' })
    const after = (await world.inspect(job)) as { plan: object }

    expect(plan).toMatchObject({ id, rows: 10, commands: [`approve=${id}`, 'resolve=plan as=drop'] })
    expect(stored).toHaveLength(3)
    expect(after.plan).toMatchObject({ id, decision: { kind: 'dropped' } })
  })

  it('its files outlive runs that delete orphans', async () => {
    const world = worldOf()
    const job = approvedJob(world)
    const { id } = planIn(await world.run(job))
    await killUnderLease(world, job)
    await world.pass(2 * minuteMs)
    await world.run(job, { approve: 'y' })

    await world.run(job, { approve: id })

    expect(world.hits()).toHaveLength(10)
  })

  it('a changed definition is reported once the plan is decided, and the plan is still sent', async () => {
    const world = worldOf()
    const { id } = planIn(await world.run(approvedJob(world)))
    const changed = approvedJob(world, { sync: incremental({ cursor: atInstant, primaryKey: 'id' }) })

    await killUnderLease(world, changed)
    await world.pass(2 * minuteMs)
    const waiting = await world.run(changed)
    const approved = await world.run(changed, { approve: id })

    expect(waiting.reason).toBe('approval')
    expect(approved).toMatchObject({ outcome: 'failed', error: { code: 'definition-changed' } })
    expect(world.hits()).toHaveLength(10)
  })

  it('a dry run reports the waiting plan; before the first run it reports the plan that the run would make', async () => {
    const world = worldOf()
    const job = approvedJob(world)

    const before = await world.dryRun(job)
    const { id } = planIn(await world.run(job))
    const after = await world.dryRun(job)

    expect(before).toMatchObject({ outcome: 'partial', reason: 'dry-run, approval', rows: 10 })
    expect(before.notes.join(' ')).toContain('The next run would make a plan and wait.')
    expect(after).toMatchObject({ reason: 'dry-run, approval', records: 0, plan: { id } })
    expect(world.list.reviewed.length).toBeGreaterThan(0)
  })
})
