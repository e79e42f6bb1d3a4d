import { jobStatus, unreadableJob } from '../../../../src/app-builder/status/job-status'
import { noRejects } from '../../../../src/app-builder/status/open-rejects'
import { rowsByDay } from '../../../../src/app-builder/status/rows-by-day'
import { batchIn, storedDocument, storedPlan, storedReport } from '../../../fixtures/stored-state'
import { incrementalSync, slicedSync } from '../../../fixtures/syncs'
import type { JobStatus } from '../../../../src/app-builder/status/job-status'
import type { Sync } from '../../../../src/definition/sync'
import type { StateDocument } from '../../../../src/state/state-document'

const now = Date.UTC(2026, 10, 21, 12)
const minute = 60_000
const leaseTtlMs = 90_000
const alarm = { kind: 'none' } as const

function statusOf(
  change: Partial<StateDocument> | null,
  { sync = slicedSync(), faults = [], agoMs = 0 }: { sync?: Sync; faults?: string[]; agoMs?: number } = {},
): JobStatus {
  const content = change && storedDocument(change)
  const found = content && { content, etag: '"1"', modifiedAt: now - agoMs, storeNow: now }
  const job = { name: 'job', sync, faults }
  return jobStatus({ job, found, rejects: noRejects, leaseTtlMs, alarm })
}

const lease = {
  ...{ owner: 'o', run: 'run-0', activation: 'a-0' },
  ...{ takenAt: now - 20 * minute, endsAt: now + 10 * minute },
}
const report = (outcome: 'succeeded' | 'failed' | 'partial' | 'skipped') => storedReport({ outcome })

describe('the condition of a job is', () => {
  it.each<[JobStatus['condition'], Partial<StateDocument> | null]>([
    ['never-ran', null],
    ['never-ran', {}],
    ['succeeded', { reports: [report('failed'), report('succeeded')] }],
    ['succeeded', { reports: [report('succeeded'), report('skipped')] }],
    ['failed', { reports: [report('failed'), report('skipped')] }],
    ['partial', { reports: [report('partial')] }],
    ['running', { reports: [report('failed')], lease }],
    ['needs-a-person', { reports: [report('succeeded')], outbox: [batchIn('held')], lease }],
    ['needs-a-person', { reports: [report('partial')], plan: storedPlan() }],
  ])('"%s" for case %#', (condition, document) => {
    expect(statusOf(document).condition).toBe(condition)
  })

  it('"failed" where its last run was killed, with the probable cause', () => {
    const { condition, lease: lost } = statusOf({ lease }, { agoMs: leaseTtlMs + 1_000 })

    expect(condition).toBe('failed')
    expect(lost?.killed).toContain('killed')
  })

  it('"faulty" where its definition cannot be opened, whatever its state says', () => {
    const { condition, faults } = statusOf({ reports: [report('succeeded')] }, { faults: ['No such zone.'] })

    expect(condition).toBe('faulty')
    expect(faults).toEqual(['No such zone.'])
  })

  it('"unreadable" with the reason where its state cannot be read', () => {
    const job = { name: 'job', sync: slicedSync(), faults: [] }

    expect(unreadableJob(job, 'It is damaged.', { rejects: noRejects, alarm })).toMatchObject({
      condition: 'unreadable',
      faults: ['It is damaged.'],
    })
  })
})

describe('the view of a job', () => {
  it('says which slice is next, and when it is due', () => {
    const sync = slicedSync({ lagMs: 6 * 3_600_000 })
    const watermark = Date.UTC(2026, 10, 20)

    expect(statusOf({ watermark }, { sync })).toMatchObject({
      standsAt: '2026-11-20T00:00:00.000Z',
      next: { from: '2026-11-20T00:00:00.000Z', dueAt: '2026-11-21T06:00:00.000Z', due: true },
    })
    expect(statusOf({ watermark: watermark + 24 * 60 * minute }, { sync }).next).toMatchObject({ due: false })
  })

  it('names no next slice where only the source knows, or the schedule is faulty', () => {
    const cursor = { at: '1', since: '2026/11/20' }

    expect(statusOf({ cursor }, { sync: incrementalSync() })).toMatchObject({
      ...{ next: null, standsAt: '2026/11/20' },
    })
    expect(statusOf({}, { sync: slicedSync({ faults: ['No zone.'], start: 'soon' }) }).next).toBeNull()
  })

  it('has the destination’s own explanation of a held batch, from the newest report that names it', () => {
    const held = { batch: 'batch-1', partition: 'p', rows: 2, code: 'rejected' }
    const older = { ...held, message: 'Old.', choices: ['resolve=batch-1 as=resend: old risk'] }
    const newer = {
      ...held,
      message: 'Adobe refused.',
      choices: ['resolve=batch-1 as=resend: after a repair'],
    }
    const reports = [storedReport({ held: [older] }), storedReport({ held: [newer] }), storedReport()]

    const [batch] = statusOf({ outbox: [batchIn('held')], reports }).held

    expect(batch).toMatchObject({ batch: 'batch-1', rows: 2, code: 'rejected', message: 'Adobe refused.' })
    expect(batch?.choices).toEqual([
      { as: 'resend', risk: 'after a repair' },
      // The report names no risk of it: the engine's own stands in.
      { as: 'drop', risk: 'to leave its rows out for good' },
    ])
  })

  it('has the engine’s explanation of a held batch that no report explains', () => {
    const killed = {
      batch: 'batch-1',
      partition: 'p',
      rows: 2,
      code: 'rejected',
      message: 'No.',
      choices: [],
    }

    const [batch] = statusOf({ outbox: [batchIn('held')], reports: [storedReport({ held: [killed] })] }).held

    expect(batch?.message).toContain('The destination refused the whole batch')
    expect(batch?.choices.map(({ as }) => as)).toEqual(['resend', 'drop'])
    expect(batch?.choices.every(({ risk }) => risk.length > 10)).toBe(true)
  })

  it('has the plan only while it waits', () => {
    const decision = { kind: 'approved' as const, run: 'r', at: 1 }

    expect(statusOf({ plan: storedPlan() }).plan).toMatchObject({ id: 'plan-1', rows: 2 })
    expect(statusOf({ plan: storedPlan({ decision }) }).plan).toBeNull()
  })

  it('counts what is committed and not confirmed', () => {
    const outbox = [batchIn('staged'), batchIn('confirmed'), batchIn('accepted')]

    expect(statusOf({ outbox }).pending).toEqual({ batches: 2, rows: 4 })
  })
})

describe('rows by day', () => {
  it('have the days between two runs, without rows', () => {
    expect(rowsByDay({ '2026-11-18': 1, '2026-11-19': 5, '2026-11-21': 4 })).toEqual([
      { day: '2026-11-18', rows: 1 },
      { day: '2026-11-19', rows: 5 },
      { day: '2026-11-20', rows: 0 },
      { day: '2026-11-21', rows: 4 },
    ])
  })

  it('are the newest 31 of a job that runs seldom', () => {
    const days = rowsByDay({ '2020-01-01': 1, '2026-11-21': 2 })

    expect(days).toHaveLength(31)
    expect(days.at(-1)).toEqual({ day: '2026-11-21', rows: 2 })
  })

  it('are none of a job without runs', () => {
    expect(rowsByDay({})).toEqual([])
  })

  it('reach further back than the reports that are kept', () => {
    const days = { '2026-11-20': 700, '2026-11-21': 4 }

    expect(statusOf({ reports: [storedReport({ rows: 4 })], days }).days).toEqual([
      { day: '2026-11-20', rows: 700 },
      { day: '2026-11-21', rows: 4 },
    ])
  })

  it('come from the kept reports where the state is of an earlier version', () => {
    expect(statusOf({ reports: [storedReport({ rows: 3 }), storedReport({ rows: 4 })] }).days).toEqual([
      { day: '2026-11-21', rows: 7 },
    ])
  })
})
