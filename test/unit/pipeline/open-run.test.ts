import { openRun } from '../../../src/pipeline/open-run'
import { errorOf } from '../../fixtures/error-of'
import { createMemoryBlobStore } from '../../fixtures/memory-blob-store'
import { destinationWith, jobWith, runDependencies } from '../../fixtures/run-dependencies'
import { batchIn, storedDocument, storedReport } from '../../fixtures/stored-state'
import { incrementalSync } from '../../fixtures/syncs'
import { virtualClock } from '../../fixtures/virtual-clock'
import type { PollAnswer } from '../../../src/destinations/destination'
import type { RunDependencies } from '../../../src/pipeline/run-context'
import type { StateDocument } from '../../../src/state/state-document'

const path = 'jobs/job/state.json'
const minute = 60_000
const today = Date.UTC(2026, 10, 21)
const lease = { owner: 'o', run: 'run-0', activation: 'a', takenAt: today, endsAt: today + minute }

/** Everything up to today is done. */
const done: Partial<StateDocument> = { watermark: today }

function world(document: Partial<StateDocument> | null, change: Partial<RunDependencies> = {}) {
  const clock = virtualClock({ start: today })
  const operations: string[] = []
  const store = createMemoryBlobStore({
    clock,
    fault: ({ kind }) => {
      operations.push(kind)
      return 'ok'
    },
  })
  if (document) {
    const body = Buffer.from(JSON.stringify(storedDocument(document)))
    store.files.set(path, { body, etag: '"1"', modifiedAt: clock.now() })
  }
  const lines: unknown[] = []
  const log = { ...runDependencies().log, info: (...line: unknown[]) => void lines.push(line) }
  const dependencies = runDependencies({ clock, store, log, ...change })
  return {
    dependencies,
    clock,
    store,
    operations,
    lines,
    stored: () => store.files.get(path)?.body.toString(),
  }
}

async function skipped(document: Partial<StateDocument>, change: Partial<RunDependencies> = {}) {
  const { dependencies, operations, lines } = world(document, change)
  const opened = await openRun(dependencies)
  if (opened.kind !== 'skipped') throw new RangeError('it was opened')
  return { report: opened.report, operations, lines }
}

async function opened(document: Partial<StateDocument> | null, change: Partial<RunDependencies> = {}) {
  const { dependencies } = world(document, change)
  const run = await openRun(dependencies)
  if (run.kind !== 'opened') throw new RangeError(`it was skipped: ${String(run.report.reason)}`)
  return run.context
}

describe('a run with nothing to do', () => {
  it('costs one read and no write', async () => {
    const { report, operations } = await skipped(done)

    expect(report).toMatchObject({ outcome: 'skipped', reason: 'nothing-due', notes: [] })
    expect(operations).toEqual(['read'])
  })

  it('has a run id of its own, beside the activation, and one line in the log', async () => {
    const { report, lines } = await skipped(done)

    expect(report).toMatchObject({ job: 'job', run: 'id-1', activation: 'activation-1' })
    expect(lines).toEqual([
      [
        'run-ended',
        {
          ...{ job: 'job', run: 'id-1', activation: 'activation-1' },
          ...{ outcome: 'skipped', reason: 'nothing-due', pending: 0 },
        },
      ],
    ])
  })

  it.each([
    ['a slice is due', { watermark: today - 24 * 60 * minute }],
    ['a batch is staged', { ...done, outbox: [batchIn('staged')] }],
    ['a batch is in doubt', { ...done, outbox: [batchIn('in-doubt')] }],
    ['a batch is held', { ...done, outbox: [batchIn('held')] }],
    ['the file of a confirmed batch is to be deleted', { ...done, outbox: [batchIn('confirmed')] }],
    ['a replay waits', { ...done, backfills: [{ kind: 'replay' as const, name: 'r', generation: 0 }] }],
    ['it never ran', null],
  ])('is opened where %s', async (_what, document) => {
    expect((await opened(document)).state.document.lease?.run).toBe('id-1')
  })

  it('is opened where only its source knows whether there are new records', async () => {
    expect((await opened(done, { job: jobWith({ sync: incrementalSync() }) })).job.name).toBe('job')
  })

  it('is opened by a command', async () => {
    expect((await opened(done, { command: { force: true } })).command.force).toBe(true)
  })
})

describe('a run beside another one', () => {
  it('is skipped, and names the run that is at work and says that the command was not accepted', async () => {
    const { report } = await skipped({ lease }, { command: { force: true } })

    expect(report).toMatchObject({
      outcome: 'skipped',
      reason: 'lease-held',
      notes: [expect.stringContaining('run-0')],
    })
    expect(report.notes[0]).toContain('not accepted')
  })

  it('has no further note without a command', async () => {
    expect((await skipped({ lease })).report.notes).toEqual([])
  })

  it('names the run that accepted its command, where an invocation was retried', async () => {
    const content = '{"force":true}'
    const commands = [{ content, run: 'run-0', at: today, note: 'It is read.' }]
    const { report } = await skipped({ lease, commands }, { command: { force: true } })

    expect(report.reason).toBe('command-repeated')
    expect(report.notes[0]).toMatch(/accepted by run run-0 .*has not reported yet/)
  })

  it('takes over from it once the lease has expired', async () => {
    const { dependencies, clock } = world({ ...done, lease })
    await clock.advance(91_000)
    const run = await openRun(dependencies)

    expect(run).toMatchObject({ kind: 'opened', context: { state: { document: { orphans: ['run-0'] } } } })
  })
})

describe('a command that was accepted within the hour', () => {
  const command = { force: true }
  const commands = [
    { content: '{"force":true}', run: 'run-0', at: today - 59 * minute, note: 'Slice x is read.' },
  ]
  const reports = [storedReport({ run: 'run-0', outcome: 'failed', reason: 'source-refused' })]

  it('is skipped where nothing is due, with the outcome of the first', async () => {
    const { report, operations } = await skipped({ ...done, commands, reports }, { command })

    expect(report).toMatchObject({ outcome: 'skipped', reason: 'command-repeated' })
    expect(report.notes[0]).toMatch(/run-0.*Slice x is read\..*failed \(source-refused\)/)
    expect(operations).toEqual(['read'])
  })

  it('leaves the run to its ordinary work where something is due', async () => {
    expect((await opened({ commands, reports }, { command })).state.run).toBe('id-1')
  })

  it('opens the run again after an hour', async () => {
    const old = commands.map((one) => ({ ...one, at: today - 61 * minute }))

    expect((await opened({ ...done, commands: old }, { command })).state.run).toBe('id-1')
  })
})

describe('a run that can only wait for the destination', () => {
  const outbox = [batchIn('accepted'), batchIn('accepted', { id: 'batch-2' })]
  const identities = [destinationWith().identity]

  function answering(...answers: PollAnswer[]) {
    let asked = 0
    const poll = () => Promise.resolve(answers[asked++] ?? { kind: 'processing' as const })
    return { destination: destinationWith({ poll }) }
  }

  it.each<PollAnswer>([{ kind: 'processing' }, { kind: 'unknown', message: 'cut' }])(
    'polls without the lease and takes none for the answer %j',
    async (answer) => {
      const { report, operations } = await skipped({ ...done, outbox, identities }, answering(answer))

      expect(report).toMatchObject({ outcome: 'partial', reason: 'waiting', pending: 2 })
      expect(report.notes).toEqual([expect.stringContaining('2 accepted and not confirmed yet')])
      expect(operations).toEqual(['read'])
    },
  )

  it('takes the lease where an answer changes something', async () => {
    const answers = answering({ kind: 'processing' }, { kind: 'done', rows: 2 })

    expect((await opened({ ...done, outbox, identities }, answers)).state.run).toBe('id-1')
  })

  it('does not poll before the lease where something is due', async () => {
    const destination = destinationWith({ poll: () => Promise.reject(new RangeError('asked too early')) })

    expect((await opened({ outbox, identities }, { destination })).state.run).toBe('id-1')
  })
})

describe('an opened run', () => {
  it('knows when its activation ends, on the clock of the store', async () => {
    const { state, startedAt } = await opened(null)

    expect(state.document.lease).toMatchObject({
      activation: 'activation-1',
      takenAt: today,
      endsAt: today + 600_000,
    })
    expect(startedAt).toBe(today)
  })

  it('raises the barrier where a killed run was sending to an upsert destination, and for no other kind', async () => {
    const killed = { lease, outbox: [batchIn('sending')] }
    const barrierOf = async (destination: RunDependencies['destination']) => {
      const { dependencies, clock } = world(killed, { destination })
      await clock.advance(91_000)
      const run = await openRun(dependencies)
      return run.kind === 'opened' ? run.context.state.document.barrier : null
    }
    const upsert = destinationWith({
      semantics: 'upsert',
      delivery: { kind: 'upsert', settleMs: 5 * minute },
    })

    expect(await barrierOf(upsert)).toBe(today + 91_000 + minute + 5 * minute)
    expect(await barrierOf(destinationWith())).toBe(0)
  })

  it('writes its files into a folder of its own', async () => {
    const { dependencies, store } = world(null)
    const run = await openRun(dependencies)
    if (run.kind === 'opened') await run.context.files.add('a', Buffer.from('x'))

    expect([...store.files.keys()]).toEqual([path, 'jobs/job/outbox/id-1/a'])
  })
})

it('a document that cannot be read is an error, and is left alone', async () => {
  const { dependencies, store, stored } = world(done)
  store.files.set(path, { body: Buffer.from('{'), etag: '"2"', modifiedAt: 0 })

  expect(await errorOf(openRun(dependencies))).toMatchObject({ code: 'state-corrupt' })
  expect(stored()).toBe('{')
})
