import { continueRegrouping } from '../../../../src/pipeline/commands/continue-regrouping'
import { dropBackfill } from '../../../../src/pipeline/commands/drop-backfill'
import { waive } from '../../../../src/pipeline/commands/waive'
import { errorThrownBy } from '../../../fixtures/error-of'
import { destinationWith } from '../../../fixtures/run-dependencies'
import { batchIn, storedDocument, storedReport } from '../../../fixtures/stored-state'
import type { Backfill } from '../../../../src/state/work'

const cursor = (at: string) => ({ at, since: at })
const common = { kind: 'backfill', name: 'backfill-1', generation: 1, force: true } as const
const sliced: Backfill = { ...common, mode: 'sliced', from: 0, to: 9, doneTo: null }
const incremental: Backfill = {
  ...common,
  ...{ mode: 'incremental', from: cursor('1'), to: cursor('9'), cursor: cursor('4') },
  ties: { inline: '', segments: [] },
}

describe('dropping a backfill or replay', () => {
  it.each([
    ['a sliced one before its first slice', sliced, 'before it sent anything'],
    ['a sliced one on its way', { ...sliced, doneTo: 5 }, 'up to 1970-01-01T00:00:00.005Z stays sent'],
    ['an incremental one on its way', incremental, 'up to 4 stays sent'],
    ['a replay', { kind: 'replay', name: 'replay-1', generation: 0 }, 'stay open'],
  ] as const)('ends %s where it stands, and says what stays', (_what, work, text) => {
    const { note, effect } = dropBackfill(work, 'drop')

    expect(effect).toEqual({ kind: 'backfill-dropped', name: work.name })
    expect(note).toContain(text)
  })

  it.each(['sent', 'resend', 'continue'] as const)('is not done by as=%s', (as) => {
    expect(errorThrownBy(() => dropBackfill(sliced, as)).remedy).toBe('Use resolve=backfill-1 as=drop.')
  })
})

describe('lifting a block', () => {
  const stopped = storedReport({ outcome: 'failed', reason: 'too-many-rejects' })
  const unreachable = storedReport({ outcome: 'failed', reason: 'source-unreachable' })

  it('is possible where a run since the last success was stopped by it', () => {
    const document = storedDocument({ reports: [storedReport(), stopped, unreachable] })

    expect(waive(document, 'too-many-rejects', 'continue').effect).toEqual({
      kind: 'waived',
      waiver: 'too-many-rejects',
    })
  })

  it.each([
    ['no run was stopped', { reports: [unreachable] }],
    ['the block was passed since', { reports: [stopped, storedReport()] }],
    ['it is lifted already', { reports: [stopped], waivers: ['too-many-rejects' as const] }],
  ])('is refused where %s: it would lift a later block', (_what, document) => {
    expect(
      errorThrownBy(() => waive(storedDocument(document), 'too-many-rejects', 'continue')),
    ).toMatchObject({
      code: 'params-invalid',
    })
  })

  it('is not done by as=drop', () => {
    const document = storedDocument({ reports: [stopped] })

    expect(errorThrownBy(() => waive(document, 'too-many-rejects', 'drop')).remedy).toBe(
      'Use resolve=too-many-rejects as=continue.',
    )
  })
})

describe('ending the wait after a regrouping', () => {
  const settings = { regroupAfterMs: 1_000 }
  const document = storedDocument({
    partitioning: 'one',
    partitions: { p: { mark: 1, notBefore: 0, confirmedAt: 500 } },
  })
  const end = (change = {}, as: 'continue' | 'drop' = 'continue') =>
    continueRegrouping({ ...document, ...change }, destinationWith(), as, settings, 1_000)

  it('is possible while only time must pass, and its note names the risk', () => {
    expect(end()).toEqual({
      note: expect.stringContaining('out of their order') as string,
      effect: { kind: 'regrouping-waived' },
    })
  })

  it.each([
    ['batches are still on their way', { outbox: [batchIn('accepted')] }, 'continue', 'pending = 0'],
    ['nothing was regrouped', { partitioning: 'two' }, 'continue', 'without a command'],
    ['it is to be dropped', {}, 'drop', 'resolve=regrouping as=continue'],
  ] as const)('is refused where %s', (_what, change, as, remedy) => {
    expect(errorThrownBy(() => end(change, as)).remedy).toContain(remedy)
  })
})
