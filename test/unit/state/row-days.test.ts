import { addCounters, noCounters } from '../../../src/state/counters'
import { reduce } from '../../../src/state/reduce'
import { daysOf, withRowsOf } from '../../../src/state/row-days'
import { reportCounts } from '../../../src/state/run-report'
import { storedDocument, storedReport } from '../../fixtures/stored-state'
import type { RunReport } from '../../../src/state/run-report'
import type { StateDocument } from '../../../src/state/state-document'

const at = Date.UTC(2026, 10, 21)
const minute = 60_000
const lease = {
  ...{ owner: 'a0 run-0', run: 'run-0', activation: 'a0' },
  ...{ takenAt: at - 20 * minute, endsAt: at - 5 * minute },
}

function end(document: StateDocument, report: RunReport): StateDocument {
  return reduce(document, {
    ...{ type: 'run-ended', at, report, progressed: true, exhausted: true, reportsKept: 1 },
  })
}

it('the end of a run adds its rows to its day, beyond the reports that are kept', () => {
  const first = end(storedDocument(), storedReport({ rows: 5, endedAt: '2026-11-20T23:59:00.000Z' }))
  const second = end(first, storedReport({ rows: 7 }))
  const third = end(second, storedReport({ rows: 8 }))

  expect(third.reports).toHaveLength(1)
  expect(third.days).toEqual({ '2026-11-20': 5, '2026-11-21': 15 })
})

it('the rows that a killed run had committed count on the day of its last write', () => {
  const counters = addCounters(noCounters, { rows: 9 })
  const { days } = reduce(storedDocument({ lease, counters, days: { '2026-11-20': 1 } }), {
    ...{ type: 'lease-taken', at, owner: 'a1 run-1', run: 'run-1', activation: 'a1', endsAt: at + minute },
    ...{ lastWrittenAt: at - 5 * minute, barrier: 0, reportsKept: 3 },
  })

  expect(days).toEqual({ '2026-11-20': 10 })
})

it('the state of an earlier version begins with the days of its kept reports', () => {
  const reports = [storedReport({ ...reportCounts({ ...noCounters, rows: 3 }) }), storedReport({ rows: 4 })]

  expect(daysOf(storedDocument({ reports }))).toEqual({ '2026-11-21': 7 })
  expect(end(storedDocument({ reports }), storedReport({ rows: 1 })).days).toEqual({ '2026-11-21': 8 })
})

it('the days of a job that runs for months stay the newest 31', () => {
  const names = Array.from({ length: 40 }, (_, day) => new Date(Date.UTC(2026, 9, 1 + day)).toISOString())
  const days = names.reduce<StateDocument['days']>(
    (before, endedAt) => withRowsOf(before, { endedAt, rows: 2 }),
    {},
  )

  expect(Object.keys(days)).toHaveLength(31)
  expect(Object.keys(days)[0]).toBe('2026-10-10')
  expect(days['2026-11-09']).toBe(2)
})
