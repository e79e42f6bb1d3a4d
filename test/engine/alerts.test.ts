import { watchPath } from '../../src/alerts/watch-file'
import { JobError } from '../../src/errors'
import { inVirtualTime, jobOf, minute, minuteMs, rowOf } from '../fixtures/engine-world'
import { watchedWorld } from '../fixtures/watched-world'
import type { WatchContent } from '../../src/alerts/watch-file'
import type { Job } from '../../src/definition/job'
import type { Event } from '../fixtures/engine-world'
import type { BlobFate, BlobOperation } from '../fixtures/memory-blob-store'
import type { WatchedWorld } from '../fixtures/watched-world'

const refused = new JobError('source-refused', 'The source refused: HTTP 401.', 'Check the key.')
const unreachable = new JobError('source-unreachable', 'The source gave no answer.', 'Wait.')

let world: WatchedWorld
let job: Job
beforeEach(async () => {
  world = await watchedWorld()
  job = jobOf(world)
  world.jobs = [job]
})
afterEach(() => world.receiver.stop())

const labels = () => world.received.map(({ label }) => label)
const isWatchWrite = ({ kind, path }: BlobOperation) => kind === 'write' && path === watchPath

/** A run of the job, and ten minutes later a tick of the watchdog. */
async function tick(): Promise<void> {
  await world.run(job)
  await world.pass(10 * minuteMs)
  await world.look()
}

/** New records, each of which becomes a row. */
function more(count: number, change: Partial<Event> = {}): void {
  const from = world.feed.records.length + 1
  const records = Array.from({ length: count }, (_, index) => ({
    ...{ id: `e${from + index}`, at: minute(from + index) },
    ...change,
  }))
  world.feed.records = [...world.feed.records, ...records]
}

it('over a hundred ticks, each change of each state that deserves an alert is told exactly once', async () => {
  // A record of value 1 happened a day before its cursor, and one of value 2 is no event.
  job = jobOf(world, {
    map: (event) => {
      const row = rowOf(event as Event)
      if ((event as Event).value === 2) throw new RangeError('no event')
      return (event as Event).value === 1 ? { ...row, at: (row.at ?? 0) - 86_400 } : row
    },
    expect: { rows: [0, 5] },
  })
  const faulty = { ...job, faults: ['the zone "Mars" is unknown'] }
  world.jobs = [job]
  world.everyMinutes = { job: 10, 'job@all': 10 }
  const organisation = '0123456789ABCDEF01234567'
  const alarm = { fires: true }
  let stored: Buffer = Buffer.alloc(0)
  const path = 'jobs/job/state.json'

  const events: Readonly<Record<number, () => unknown>> = {
    5: () => (world.feed.error = refused),
    10: () => (world.feed.error = unreachable),
    15: () => (world.feed.error = null),
    20() {
      more(2)
      world.list.fates.push({ kind: 'rejected', message: 'no' })
    },
    25: () => resolveHeld(),
    30: () => more(3, { value: 2 }),
    35: () => world.run(job, { resolve: 'rejects', as: 'drop' }),
    40: () => more(1, { value: 1 }),
    42: () => more(1),
    45: () => more(6),
    50: () => world.run(job, { approve: world.stateOf(job).plan?.id ?? '' }),
    55: () => showMissing(true),
    60: () => showMissing(false),
    65: () => (alarm.fires = false),
    75: () => (alarm.fires = true),
    80() {
      alarm.fires = false
      const file = world.store.files.get(path)
      stored = file?.body ?? stored
      world.store.files.set(path, { etag: '"damaged"', modifiedAt: 0, body: Buffer.from('{') })
    },
    82() {
      world.store.files.set(path, { etag: '"mended"', modifiedAt: world.clock.now(), body: stored })
      alarm.fires = true
    },
    85: () => (world.jobs = [faulty]),
    87: () => (world.jobs = [job]),
    90: () =>
      (world.tenants = [{ kind: 'withdrawn', name: organisation, orgId: `${organisation}@AdobeOrg` }]),
    93: () => (world.tenants = [{ kind: 'linked', name: organisation }]),
  }

  async function resolveHeld(): Promise<void> {
    const held = world.stateOf(job).outbox.find(({ state }) => state === 'held')
    await world.run(job, { resolve: held?.id ?? '', as: 'drop' })
  }

  function showMissing(isMissing: boolean): void {
    world.edit(job, (document) => {
      const confirmedAt = world.clock.now()
      const missing = isMissing ? { since: confirmedAt, causes: ['bot-rule'] } : null
      const arrival = {
        ...{ id: 'batch-1', batches: 1, rows: 2, partition: 'p', identity: 0, markers: [], receipts: [] },
        ...{ span: null, confirmedAt, found: 0, missing },
      }
      return { ...document, arrivals: { ...document.arrivals, open: [arrival] } }
    })
  }

  more(2)
  for (let number = 1; number <= 100; number += 1) {
    await events[number]?.()
    if (alarm.fires) await tick()
    else {
      await world.pass(10 * minuteMs)
      await world.look()
    }
  }

  expect(labels()).toEqual([
    'failed.appeared job',
    // Another error is another failure.
    'failed.appeared job',
    'failed.recovered job',
    'held.appeared job',
    'held.recovered job',
    'all-rejected.appeared job',
    'rejects.appeared job',
    'rejects.recovered job',
    'late.appeared job',
    'all-rejected.recovered job',
    'late.recovered job',
    'approval.appeared job',
    'approval.recovered job',
    'arrival-missing.appeared job',
    'arrival-missing.recovered job',
    'silent.appeared job',
    'silent.recovered job',
    'state-unreadable.appeared job',
    'state-unreadable.recovered job',
    'definition-invalid.appeared job',
    'definition-invalid.recovered job',
    `needs-reauth.appeared ${organisation}`,
    `needs-reauth.recovered ${organisation}`,
    // Linked again, and no alarm for its runs.
    `silent.appeared job@${organisation}`,
  ])
  expect(new Set(world.received.map(({ id }) => id)).size).toBe(world.received.length)
})

it('a failure that came and went between two ticks is told, and so is its end', async () => {
  await tick()
  world.feed.error = refused
  await world.run(job)
  world.feed.error = null
  await world.run(job)
  await world.look()

  expect(labels()).toEqual(['failed.appeared job', 'failed.recovered job'])
})

it('while the webhook is down for an hour nothing is lost: all changes are told afterwards, in order, each once', async () => {
  world.down = true
  for (const error of [refused, null, unreachable, null, refused, null]) {
    world.feed.error = error
    await tick()
  }
  const last = await world.look()
  expect(last).toMatchObject({ outcome: 'failed', reason: 'webhook-unreachable', told: 0, waiting: 6 })
  expect(world.received).toEqual([])

  world.down = false
  const first = await world.look()
  const second = await world.look()

  expect(first).toMatchObject({ outcome: 'succeeded', told: 6, waiting: 0 })
  expect(second).toMatchObject({ outcome: 'succeeded', told: 0 })
  expect(labels()).toEqual([1, 2, 3].flatMap(() => ['failed.appeared job', 'failed.recovered job']))
  // No run has noticed.
  expect(world.reports.map(({ outcome }) => outcome)).toEqual(
    [1, 2, 3].flatMap(() => ['failed', 'succeeded']),
  )
})

it('a watchdog killed at any of its writes loses no message, and a repeated message has the same id', async () => {
  const repeated: number[] = []
  for (const at of [1, 2, 3, 4]) {
    world.feed.error = at % 2 === 1 ? refused : null
    await world.run(job)
    const before = world.received.length
    let writes = 0
    const struck = new Promise<void>((resolve) => {
      world.fault = (operation) => {
        if (!isWatchWrite(operation) || (writes += 1) < at) return 'ok'
        resolve()
        return new Promise(() => undefined)
      }
    })
    await inVirtualTime(world.clock, Promise.race([struck, world.begin(`killed-${at}`)]))
    world.fault = () => 'ok'
    // The claim of the dead one ends with its activation.
    expect(await world.look()).toMatchObject(at === 1 ? { outcome: 'succeeded' } : { outcome: 'skipped' })
    await world.pass(10 * minuteMs)
    await world.look()
    const messages = world.received.slice(before)
    repeated.push(messages.length)
    expect(new Set(messages.map(({ id }) => id)).size).toBe(1)
    expect(messages[0]?.label).toBe(at % 2 === 1 ? 'failed.appeared job' : 'failed.recovered job')
  }
  // Only a death between the answer and its note sends a message twice.
  expect(repeated).toEqual([1, 1, 2, 1])
})

it('of two watchdogs at once one tells, and the other ends', async () => {
  world.feed.error = refused
  await world.run(job)

  const both = Promise.all([world.begin('a'), world.begin('b')])
  const reports = await inVirtualTime(world.clock, both)

  expect(reports.map(({ outcome }) => outcome).sort()).toEqual(['skipped', 'succeeded'])
  expect(labels()).toEqual(['failed.appeared job'])
})

it('a watchdog whose claim was taken over while it was frozen ends, and tells nothing', async () => {
  world.feed.error = refused
  await world.run(job)
  let writes = 0
  let thaw: (fate: BlobFate) => void = () => undefined
  const frozen = new Promise<void>((resolve) => {
    world.fault = (operation) => {
      if (!isWatchWrite(operation) || (writes += 1) !== 2) return 'ok'
      resolve()
      return new Promise((release) => (thaw = release))
    }
  })
  const first = world.begin('frozen')
  const ended = expect(first).rejects.toMatchObject({ code: 'lease-lost' })
  await inVirtualTime(world.clock, frozen)
  await world.pass(10 * minuteMs)
  expect(await world.look()).toMatchObject({ outcome: 'succeeded', told: 1 })

  thaw('ok')
  await inVirtualTime(world.clock, ended)

  expect(labels()).toEqual(['failed.appeared job'])
})

it('an answer that is lost after the message arrived repeats the message with its id', async () => {
  world.feed.error = refused
  await world.run(job)
  world.receiver.once({ kind: 'cut-after' })

  const first = await world.look()
  const second = await world.look()

  expect(first).toMatchObject({ outcome: 'failed', reason: 'webhook-unreachable', waiting: 1 })
  expect(second).toMatchObject({ outcome: 'succeeded', told: 1 })
  expect(world.received.map(({ id }) => id)).toEqual([world.received[0]?.id, world.received[0]?.id])
})

it.each([
  ['1500', 3],
  // A longer wait than an hour would keep a person from hearing anything.
  ['999999', 6],
])('Retry-After of %s seconds is kept over %s ticks, and is no failure', async (seconds, ticks) => {
  world.feed.error = refused
  await world.run(job)
  world.receiver.once({ kind: 'reply', reply: { status: 429, headers: { 'retry-after': seconds } } })

  const outcomes: string[] = []
  for (let look = 0; look <= ticks; look += 1) {
    outcomes.push((await world.look()).outcome)
    await world.pass(10 * minuteMs)
  }

  expect(outcomes).toEqual([...Array.from({ length: ticks }, () => 'partial'), 'succeeded'])
  expect(world.receiver.requests).toHaveLength(2)
})

it('a tick without time for another message leaves it to the next one', async () => {
  await tick()
  for (const error of [refused, null]) {
    world.feed.error = error
    await world.run(job)
  }
  world.watchMs = 20_500
  const first = await world.look()
  const second = await world.look()

  expect(first).toMatchObject({ outcome: 'partial', told: 1, waiting: 1 })
  expect(second).toMatchObject({ outcome: 'succeeded', told: 1, waiting: 0 })
})

it('a state that the store does not give is a note, and what was told of it stays', async () => {
  world.feed.error = refused
  await tick()
  world.fault = ({ path }) => (path.startsWith('jobs/') ? 'lost-before' : 'ok')
  const blind = await world.look()
  world.fault = () => 'ok'
  await world.look()

  expect(blind).toMatchObject({
    outcome: 'partial',
    conditions: { job: ['failed'] },
    notes: [expect.stringContaining('job could not be looked at')],
  })
  expect(labels()).toEqual(['failed.appeared job'])
})

it('more runs between two ticks than reports are kept are noted, because some were not looked at', async () => {
  await tick()
  for (let run = 0; run < 21; run += 1) await world.run(job)

  expect((await world.look()).notes).toEqual([expect.stringContaining('than reports are kept')])
  expect((await world.look()).notes).toEqual([])
})

it.each([
  [404, 1],
  [302, 1],
  // Only this message is refused: the next one may be taken.
  [400, 2],
])('a receiver that answers %s makes the tick fail, and the message is kept', async (status, requests) => {
  await tick()
  for (const error of [refused, null]) {
    world.feed.error = error
    await world.run(job)
  }
  world.receiver.once({ kind: 'reply', reply: { status, headers: { location: 'http://127.0.0.1:1/' } } })

  const report = await world.look()

  expect(report).toMatchObject({
    outcome: 'failed',
    reason: 'webhook-refused',
    waiting: 3 - requests,
    error: { code: 'webhook-refused', message: expect.stringContaining(`HTTP ${status}`) as string },
  })
  expect(world.receiver.requests).toHaveLength(requests)
  expect(await world.look()).toMatchObject({ outcome: 'succeeded', waiting: 0 })
})

it('another channel is told everything that holds', async () => {
  world.feed.error = refused
  await world.run(job)
  await world.look()

  world.channel = 'slack'
  await world.look()
  await world.look()

  expect(labels()).toEqual(['failed.appeared job', 'failed.appeared job'])
})

it('a job without a declared period is said to be unwatched', async () => {
  expect((await world.look()).unwatched).toEqual(['job'])
  world.everyMinutes = { job: 15 }
  expect((await world.look()).unwatched).toEqual([])
})

it('a damaged file of the watchdog is replaced: that is told, and so is everything that holds', async () => {
  world.feed.error = refused
  await tick()
  world.store.files.set(watchPath, { body: Buffer.from('{'), etag: '"damaged"', modifiedAt: 0 })
  await world.look()
  await world.look()

  expect(labels()).toEqual(['failed.appeared job', 'watchdog.appeared watchdog', 'failed.appeared job'])
})

it('a job that fails and recovers between the first look and the second is told, although it had never run', async () => {
  await world.look()
  for (const error of [refused, null]) {
    world.feed.error = error
    await world.run(job)
  }
  await world.look()

  expect(labels()).toEqual(['failed.appeared job', 'failed.recovered job'])
})

it('a period of a job that does not exist is a note of every tick, and no other job stays unwatched for it', async () => {
  world.everyMinutes = { job: 15, jbo: 15, 'job@all': 60 }

  expect(await world.look()).toMatchObject({
    outcome: 'partial',
    unwatched: [],
    notes: [expect.stringContaining('"jbo"')],
  })
})

it('two jobs of one name are told once, as a fault of the definition', async () => {
  world.jobs = [job, job]
  await world.look()

  expect(labels()).toEqual(['definition-invalid.appeared job'])
})

it('while too many messages wait nothing new is looked for, and what holds afterwards is told', async () => {
  world.down = true
  world.feed.error = refused
  await tick()
  repeatWaiting(100)
  world.feed.error = null
  await tick()
  expect(await world.look()).toMatchObject({
    waiting: 100,
    notes: [expect.stringContaining('100 messages wait')],
    conditions: { job: ['failed'] },
  })

  world.down = false
  const began = world.clock.now()
  await world.look()
  const tookMs = world.clock.now() - began
  await world.look()

  expect(world.received).toHaveLength(101)
  // One message a second is what a chat service takes.
  expect(tookMs).toBeGreaterThanOrEqual(99_000)
  expect(labels().at(-1)).toBe('failed.recovered job')
})

/** Makes the one message that waits many. */
function repeatWaiting(count: number): void {
  const file = world.store.files.get(watchPath)
  const content = JSON.parse(file?.body.toString() ?? '') as WatchContent
  const [alert] = content.toTell
  const toTell = Array.from({ length: count }, (_, index) => ({ ...alert, id: `copy-${index}` }))
  const body = Buffer.from(JSON.stringify({ ...content, toTell }))
  world.store.files.set(watchPath, { body, etag: '"many"', modifiedAt: file?.modifiedAt ?? 0 })
}
