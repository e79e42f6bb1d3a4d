import { addCounters, noCounters } from '../../../src/state/counters'
import { reduce } from '../../../src/state/reduce'
import { reportCounts } from '../../../src/state/run-report'
import { batchIn, storedDocument, storedReport } from '../../fixtures/stored-state'
import type { StateEvent } from '../../../src/state/events'
import type { StateDocument } from '../../../src/state/state-document'

const minute = 60_000
const at = Date.UTC(2026, 10, 21)

const lease = {
  owner: 'a0 run-0',
  run: 'run-0',
  activation: 'a0',
  takenAt: at - 20 * minute,
  endsAt: at - 5 * minute,
}

const taken: Extract<StateEvent, { type: 'lease-taken' }> = {
  type: 'lease-taken',
  at,
  owner: 'a1 run-1',
  run: 'run-1',
  activation: 'a1',
  endsAt: at + 10 * minute,
  lastWrittenAt: at - 5 * minute,
  barrier: at + 900_000,
  reportsKept: 3,
}

const ended: Extract<StateEvent, { type: 'run-ended' }> = {
  type: 'run-ended',
  at,
  report: storedReport({ run: 'run-1' }),
  progressed: true,
  exhausted: true,
  reportsKept: 3,
}

function running(change: Partial<StateDocument> = {}): StateDocument {
  return storedDocument({ lease: { ...lease, run: 'run-1' }, ...change })
}

describe('lease-taken', () => {
  it('records the holder and counts the attempt', () => {
    const { lease: held, attempts, reports } = reduce(storedDocument({ attempts: 1 }), taken)

    const { owner, run, activation, endsAt } = taken
    expect(held).toEqual({ owner, run, activation, takenAt: at, endsAt })
    expect({ attempts, reports }).toEqual({ attempts: 2, reports: [] })
  })

  it('puts the batches that a killed run was sending in doubt, from now on, and no other batch', () => {
    const others = [
      batchIn('staged', { id: 's' }),
      batchIn('in-doubt', { id: 'd' }),
      batchIn('accepted', { id: 'a' }),
    ]
    const { outbox, barrier } = reduce(
      storedDocument({ lease, outbox: [batchIn('sending'), ...others] }),
      taken,
    )

    expect(outbox).toEqual([{ ...batchIn('sending'), state: 'in-doubt', doubtFrom: at }, ...others])
    expect(barrier).toBe(taken.barrier)
  })

  it('raises no barrier where nothing was being sent, and never lowers one', () => {
    const quiet = reduce(storedDocument({ lease, outbox: [batchIn('staged')] }), taken)
    const later = reduce(storedDocument({ lease, outbox: [batchIn('sending')], barrier: at + 1e9 }), taken)

    expect(quiet.barrier).toBe(0)
    expect(later.barrier).toBe(at + 1e9)
  })

  it('reports the killed run from its committed counters, once, and lists its folder for clean-up', () => {
    const counters = addCounters(noCounters, { records: 9, taken: 7, rejects: { late: 2 } })
    const outbox = [batchIn('held'), batchIn('confirmed', { id: 'c' })]
    const next = reduce(storedDocument({ lease, counters, outbox, orphans: ['run-9'] }), taken)

    expect(next.counters).toEqual(noCounters)
    expect(next.orphans).toEqual(['run-9', 'run-0'])
    expect(next.reports).toEqual([
      {
        ...{ job: 'job', run: 'run-0', activation: 'a0', outcome: 'failed', reason: 'killed' },
        notes: [expect.stringContaining('time limit')],
        ...reportCounts(counters),
        pending: 1,
        held: [
          expect.objectContaining({ batch: 'batch-1', choices: [expect.stringContaining('inspect=true')] }),
        ],
        startedAt: new Date(lease.takenAt).toISOString(),
        endedAt: new Date(taken.lastWrittenAt).toISOString(),
      },
    ])
  })

  it('suspects memory or a crash where the killed run last wrote long before its limit', () => {
    const { reports } = reduce(storedDocument({ lease }), {
      ...taken,
      lastWrittenAt: lease.endsAt - 10 * minute,
    })

    expect(reports[0]?.notes[0]).toMatch(/memory or crashed.*activation a0/)
  })

  it('keeps no more reports than it is told, however many runs are killed', () => {
    const reports = ['a', 'b', 'c'].map((run) => storedReport({ run }))
    const next = reduce(storedDocument({ lease, reports }), taken)

    expect(next.reports.map(({ run }) => run)).toEqual(['b', 'c', 'run-0'])
  })
})

describe('run-ended', () => {
  it('gives the lease back and moves the counters into the report', () => {
    const next = reduce(running({ counters: addCounters(noCounters, { records: 3 }) }), ended)

    expect(next).toMatchObject({ lease: null, counters: noCounters, reports: [ended.report] })
  })

  it.each([
    ['succeeded', []],
    ['partial', ['run-1']],
    ['failed', ['run-1']],
  ] as const)('after a run with outcome %s lists %j for clean-up', (outcome, orphans) => {
    expect(reduce(running(), { ...ended, report: storedReport({ outcome }) }).orphans).toEqual(orphans)
  })

  it('resets the attempts only after a run that progressed', () => {
    expect(reduce(running({ attempts: 2 }), ended).attempts).toBe(0)
    expect(reduce(running({ attempts: 2 }), { ...ended, progressed: false }).attempts).toBe(2)
  })

  it('counts as reconciled only after a success with an empty outbox', () => {
    const failed = { ...ended, report: storedReport({ outcome: 'failed' }) }

    expect(reduce(running(), ended).reconciled).toBe(true)
    expect(reduce(running({ outbox: [batchIn('accepted')] }), ended).reconciled).toBe(false)
    expect(reduce(running(), failed).reconciled).toBe(false)
    expect(reduce(running({ reconciled: true }), failed).reconciled).toBe(true)
  })

  it('removes waivers once all due work is read, and keeps them before', () => {
    const waived = running({ waivers: ['source-order'] })

    expect(reduce(waived, ended).waivers).toEqual([])
    expect(reduce(waived, { ...ended, exhausted: false }).waivers).toEqual(['source-order'])
  })

  it('keeps the newest reports', () => {
    const reports = ['a', 'b', 'c'].map((run) => storedReport({ run }))

    expect(reduce(running({ reports }), ended).reports.map(({ run }) => run)).toEqual(['b', 'c', 'run-1'])
  })
})

describe('reports of runs that changed nothing', () => {
  const waiting = { outcome: 'partial' as const, reason: 'waiting', pending: 2, notes: ['2 accepted'] }
  const first = storedReport({ ...waiting, run: 'a', startedAt: '2026-11-21T00:00:00.000Z' })
  const next = storedReport({ ...waiting, run: 'b', startedAt: '2026-11-21T00:15:00.000Z' })

  function after(report: typeof first) {
    return reduce(running({ reports: [first] }), { ...ended, report }).reports
  }

  it('are merged where they are equal, from the first start to the last end', () => {
    expect(after(next)).toEqual([{ ...next, startedAt: first.startedAt }])
  })

  it('are merged without a change of the earlier reports', () => {
    const earlier = storedReport({ run: 'earlier' })
    const { reports } = reduce(running({ reports: [earlier, first] }), { ...ended, report: next })

    expect(reports.map(({ run }) => run)).toEqual(['earlier', 'b'])
  })

  it.each([
    ['the pending batches', { pending: 1 }],
    ['the reason', { reason: 'regrouping' }],
    ['the notes', { notes: ['1 accepted'] }],
    ['the outcome', { outcome: 'failed' }],
    ['a counter', { confirmed: 1 }],
  ] as const)('stay two where they differ in %s', (_what, change) => {
    expect(after({ ...next, ...change } as typeof next)).toHaveLength(2)
  })

  it('stay two where both counted the same records: the totals must add up', () => {
    const counted = { ...first, records: 5, repeated: 5 }
    const reports = reduce(running({ reports: [counted] }), {
      ...ended,
      report: { ...counted, run: 'b' },
    }).reports

    expect(reports).toHaveLength(2)
  })

  it('stay two where both succeeded', () => {
    const reports = reduce(running({ reports: [storedReport({ run: 'a' })] }), ended).reports

    expect(reports).toHaveLength(2)
  })
})
