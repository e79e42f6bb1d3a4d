import { createMarks } from '../../../../src/pipeline/extraction/marks'
import { readRecord } from '../../../../src/pipeline/extraction/read-record'
import { createRowMerger } from '../../../../src/pipeline/extraction/row-merger'
import { newTally, takeVerdict } from '../../../../src/pipeline/extraction/take-verdict'
import { destinationWith, jobWith } from '../../../fixtures/run-dependencies'
import type { EncodedRow, Reject } from '../../../../src/destinations/destination'
import type { Taken, Verdict } from '../../../../src/pipeline/extraction/intake'
import type { IndexedReject } from '../../../../src/pipeline/extraction/reject-index'
import type { CommitParts } from '../../../../src/pipeline/extraction/take-verdict'

const record = readRecord(jobWith(), { id: 'a', at: '2026-11-20T00:00:00Z' })
const open: IndexedReject = {
  keyed: false,
  words: [1, 2, 3, 4],
  place: 0,
  state: 'open',
  segment: 1,
  line: 0,
}
const reject: Reject = { kind: 'reject', code: 'record-invalid', path: '', message: 'no' }
const row = (order: number, rowKey?: string): EncodedRow => ({
  ...{ kind: 'row', line: `${order}\n`, partition: 0, order },
  ...(rowKey === undefined ? {} : { rowKey }),
})

/** A commit whose partition has a mark at 10, and what became of one verdict. */
function world(
  verdict: Verdict,
  change: Partial<Taken> & { readonly rejectsLate?: boolean; readonly isNewest?: boolean } = {},
) {
  const { rejectsLate = false, isNewest = false, ...taken } = change
  const told: unknown[][] = []
  const tell =
    (what: string) =>
    (...facts: unknown[]) =>
      void told.push([what, ...facts])
  const tally = newTally()
  const marked = { p0: { mark: 10, notBefore: 0, confirmedAt: null } }
  const parts = {
    tally,
    rejectsLate,
    marks: createMarks(marked, destinationWith().partition, false),
    merger: createRowMerger('append', {}, false),
    newKeys: { add: tell('new key') },
    batches: { append: ({ line }: EncodedRow) => tell('row')(line) },
    rejects: {
      add(_record: unknown, given: Reject, replaces: IndexedReject | null) {
        tell('reject')(given.code, replaces)
        return replaces !== same
      },
      close: tell('closed'),
      renew: () => true,
    },
    remember: (_taken: Taken, decision: string) => tell('remembered')(decision),
  } as unknown as CommitParts
  takeVerdict(parts, { record, verdict, cursor: null, recalled: null, renews: false, ...taken }, isNewest)
  const counts = Object.fromEntries(Object.entries(tally.counts).filter(([, count]) => count > 0))
  return { counts, told, hasNews: tally.hasNews }
}

/** The very same reject, stored already. */
const same: IndexedReject = { ...open, line: 1 }

describe('a record that was decided', () => {
  it('as rows is taken: its rows are staged, and it is known as sent', () => {
    const { counts, told } = world({ kind: 'rows', rows: [row(11), row(12)], heals: null })

    expect(counts).toEqual({ records: 1, taken: 1 })
    expect(told).toEqual([
      ['row', '11\n'],
      ['row', '12\n'],
      ['remembered', 'sent'],
    ])
  })

  it('as rows that heal a reject closes that reject', () => {
    const { counts, told, hasNews } = world({ kind: 'rows', rows: [row(11)], heals: open })

    expect(counts).toEqual({ records: 1, taken: 1, healed: 1 })
    expect(told[0]).toEqual(['closed', open])
    expect(hasNews).toBe(true)
  })

  it.each([
    [null, [['new key', 'k']]],
    ['rejected', [['new key', 'k']]],
    ['sent', []],
  ] as const)(
    'as rows with a key, and known before as %s, counts its key as new where it was not sent',
    (recalled, newKeys) => {
      const { told } = world({ kind: 'rows', rows: [row(11, 'k')], heals: null }, { recalled })

      expect(told.filter(([what]) => what === 'new key')).toEqual(newKeys)
    },
  )

  it('as a late row is sent and counted, or rejected where the job says so', () => {
    const verdict: Verdict = { kind: 'rows', rows: [row(9)], heals: open }
    expect(world(verdict).counts).toEqual({ records: 1, taken: 1, healed: 1, late: 1 })

    const rejected = world(verdict, { rejectsLate: true })
    expect(rejected.counts).toEqual({ records: 1, repeated: 1 })
    expect(rejected.told).toEqual([
      ['reject', 'late', open],
      ['remembered', 'late'],
    ])
  })

  it('as rows that repeat a key of the commit is rejected whole', () => {
    const { counts, told } = world({ kind: 'rows', rows: [row(11, 'k'), row(12, 'k')], heals: null })

    expect(counts).toEqual({ records: 1 })
    expect(told).toEqual([
      ['reject', 'row-repeated', null],
      ['remembered', 'rejected'],
    ])
  })

  it('as a reject is known as rejected, and that is news', () => {
    const { counts, told, hasNews } = world({ kind: 'reject', reject, replaces: null })

    expect(counts).toEqual({ records: 1 })
    expect(told).toEqual([
      ['reject', 'record-invalid', null],
      ['remembered', 'rejected'],
    ])
    expect(hasNews).toBe(true)
  })

  it('as the same reject as before is repeated, and no news', () => {
    const { counts, told, hasNews } = world({ kind: 'reject', reject, replaces: same })

    expect(counts).toEqual({ records: 1, repeated: 1 })
    expect(told).toEqual([['reject', 'record-invalid', same]])
    expect(hasNews).toBe(false)
  })

  it('as a reject because it has changed stays known as sent', () => {
    const { told } = world({ kind: 'reject', reject: { ...reject, code: 'changed' }, replaces: null })

    expect(told).toEqual([['reject', 'changed', null]])
  })

  it.each([
    [
      { kind: 'filtered', heals: open },
      { filtered: 1 },
      [
        ['closed', open],
        ['remembered', 'filtered'],
      ],
    ],
    [{ kind: 'duplicate' }, { duplicates: 1 }, [['remembered', 'sent']]],
    [{ kind: 'repeated', closes: open }, { repeated: 1 }, [['closed', open]]],
    [{ kind: 'behind' }, { behind: 1 }, []],
    [{ kind: 'out-of-range' }, { outOfRange: 1 }, []],
  ] as const)('as %j is counted as that', (verdict, counts, told) => {
    const found = world(verdict)

    expect(found.counts).toEqual({ records: 1, ...counts })
    expect(found.told).toEqual(told)
  })

  it('as beyond the work is not counted at all', () => {
    expect(world({ kind: 'beyond' })).toEqual({ counts: {}, told: [], hasNews: false })
  })

  it.each([
    [{ recalled: 'sent', isNewest: true }, [['remembered', 'sent']]],
    [{ recalled: 'rejected', renews: true }, [['remembered', 'rejected']]],
    [{ recalled: 'sent' }, []],
    [{ isNewest: true }, []],
  ] as const)(
    'as repeated, with %j, is remembered again only where the next read or schema needs it',
    (change, told) => {
      expect(world({ kind: 'repeated', closes: null }, change).told).toEqual(told)
    },
  )

  it('as a repeat of what a person dropped renews it, which is news', () => {
    expect(world({ kind: 'repeated', closes: null, dropped: open }).hasNews).toBe(true)
    expect(world({ kind: 'repeated', closes: null }).hasNews).toBe(false)
  })
})
