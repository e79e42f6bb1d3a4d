import { JobError } from '../../../src/errors'
import { closeRun } from '../../../src/pipeline/close-run'
import { failed } from '../../../src/pipeline/outcome'
import { addCounters, noCounters } from '../../../src/state/counters'
import { runContext } from '../../fixtures/run-dependencies'
import { batchIn } from '../../fixtures/stored-state'
import type { Outcome } from '../../../src/pipeline/outcome'

const succeeded: Outcome = { outcome: 'succeeded', moreToDo: false, notes: ['It was done.'] }
const unfinished: Outcome = { outcome: 'partial', reason: 'deadline', moreToDo: true }
const counters = addCounters(noCounters, { records: 3, taken: 2, rejects: { late: 1 } })
const day = 24 * 60 * 60_000

it('a run stores the report that it returns, releases the lease and resets the counters, in one write', async () => {
  const run = runContext({ counters, outbox: [batchIn('accepted')] })
  const report = await closeRun(run, succeeded)

  expect(report).toMatchObject({
    ...{
      job: 'job',
      run: 'run-1',
      activation: 'activation-1',
      outcome: 'succeeded',
      notes: ['It was done.'],
    },
    ...{ records: 3, taken: 2, rejects: 1, rejectsByReason: { late: 1 }, pending: 1 },
  })
  expect(run.state.events.map(({ type }) => type)).toEqual(['run-ended'])
  expect(run.state.document).toMatchObject({ lease: null, counters: noCounters, reports: [report] })
})

it.each([
  ['a success', 0, succeeded],
  ['a run that waits', 0, { outcome: 'partial', reason: 'waiting', moreToDo: false } as const],
  ['a run that could do more', 2, unfinished],
  ['a failure', 2, failed(new JobError('source-refused', 'no', 'Mend it.'))],
])('%s leaves %d of two attempts counted', async (_what, attempts, outcome) => {
  const run = runContext({ attempts: 2 })
  await closeRun(run, outcome)

  expect(run.state.document.attempts).toBe(attempts)
})

it('the error of a report names the command that leads out of the block', async () => {
  const run = runContext({ watermark: Date.UTC(2026, 10, 5) })
  const report = await closeRun(
    run,
    failed(new JobError('source-refused', 'The source said no.', 'Mend it.')),
  )

  expect(report).toMatchObject({
    ...{ outcome: 'failed', reason: 'source-refused' },
    error: {
      ...{ code: 'source-refused', message: 'The source said no.' },
      remedy: 'Mend it. To leave this slice out for good: resolve=slice-20261105T000000Z as=drop.',
    },
  })
})

it('secrets in the error or the notes reach neither the store nor the caller', async () => {
  const run = runContext()
  const error = new JobError('source-refused', 'The source quoted s3cret.', 'Replace s3cret.')
  const report = await closeRun(run, { ...failed(error), notes: ['s3cret'] })

  expect(JSON.stringify([report, run.state.document])).not.toContain('s3cret')
  expect(report.error?.message).toContain('[redacted]')
})

it('rejects that nobody resolved expire with the end of a run, and the report says so', async () => {
  const segments = [{ run: 'run-0', file: 'f', id: 1, open: 4, at: Date.UTC(2026, 10, 21) - 31 * day }]
  const run = runContext({ rejects: { index: null, segments } })
  const report = await closeRun(run, succeeded)

  expect(report.notes).toEqual([
    'It was done.',
    expect.stringContaining('4 rejects were not resolved within 30 days'),
  ])
  expect(run.state.document.rejects.segments).toEqual([])
})

describe('invoking the job again', () => {
  it('happens after the report is stored, and only where more can be done', async () => {
    const seen: unknown[] = []
    const invokeSelf = () => Promise.resolve(void seen.push(run.state.document.lease))
    const run = runContext({}, { invokeSelf })
    await closeRun(run, unfinished)
    expect(seen).toEqual([null])

    await closeRun(runContext({}, { invokeSelf }), succeeded)
    expect(seen).toHaveLength(1)
  })

  it('that fails adds a note and a warning, and changes nothing else in the report', async () => {
    const warnings: string[] = []
    const log = { ...runContext().log, warn: (message: string) => void warnings.push(message) }
    const invokeSelf = () => Promise.reject(new RangeError('HTTP 503 with s3cret'))
    const run = runContext({ counters }, { invokeSelf, log })
    const report = await closeRun(run, unfinished)

    expect(report).toMatchObject({ outcome: 'partial', reason: 'deadline', records: 3 })
    expect(report.notes).toEqual([
      expect.stringMatching(/could not invoke itself.*503 with \[redacted\].*next tick/),
    ])
    expect(warnings).toHaveLength(1)
  })
})

describe('without the lease', () => {
  const lost = new JobError('lease-lost', 'Another run has taken over.', 'Nothing to do.')

  it('a run stores nothing, invokes nothing, and reports what it committed', async () => {
    const invokeSelf = () => Promise.reject(new RangeError('not without the lease'))
    const run = runContext({ counters }, { invokeSelf })
    run.state.lose(lost)
    const report = await closeRun(run, failed(lost))

    expect(run.state.events).toEqual([])
    expect(report).toMatchObject({ outcome: 'partial', reason: 'lease-lost', records: 3 })
    expect(report.notes).toEqual([expect.stringContaining('is not stored')])
  })

  it('a run that loses it with its last write reports that', async () => {
    const run = runContext({ counters })
    const release = () => Promise.reject(lost)
    const report = await closeRun(
      { ...run, state: { ...run.state, document: run.state.document, release } },
      succeeded,
    )

    expect(report).toMatchObject({ outcome: 'partial', reason: 'lease-lost' })
  })

  it('a run whose last write cannot be settled fails', async () => {
    const run = runContext()
    const release = () => Promise.reject(new JobError('store-unreachable', 'The store is away.', 'Wait.'))
    const report = await closeRun(
      { ...run, state: { ...run.state, document: run.state.document, release } },
      succeeded,
    )

    expect(report).toMatchObject({ outcome: 'failed', reason: 'store-unreachable' })
  })
})
