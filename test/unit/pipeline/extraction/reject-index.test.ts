import { identify } from '../../../../src/pipeline/extraction/identity'
import {
  createRejectIndex,
  dropRejects,
  openRejectIndex,
  storeRejectIndex,
} from '../../../../src/pipeline/extraction/reject-index'
import { errorOf } from '../../../fixtures/error-of'
import { memoryRunFiles } from '../../../fixtures/memory-run-files'
import type { IndexedReject } from '../../../../src/pipeline/extraction/reject-index'
import type { RejectSegment } from '../../../../src/state/state-document'

const raw = { id: 'a', at: '2026-01-05T00:00:00Z' }
const identity = identify(null, raw, undefined)
const withKey = identify(['id'], raw, raw)

function entry(change: Partial<IndexedReject> = {}, of = identity): IndexedReject {
  const { keyed, words } = of()
  return { keyed, words, place: 0, state: 'open', segment: 1, line: 0, ...change }
}

const segments: RejectSegment[] = [{ id: 1, run: 'run', file: 'rejects-1.jsonl', open: 3, at: 0 }]

describe('the stored index of rejects', () => {
  it('reads back every entry as it was written', async () => {
    const files = memoryRunFiles()
    const entries = [
      entry({ state: 'dropped', segment: 0 }),
      entry({ line: 7 }),
      entry({ line: 8 }),
      entry({ line: 9 }, withKey),
      entry({ line: 10, onRequest: true, place: -Infinity }, withKey),
    ]
    const index = await storeRejectIndex(entries, 'index.bin', 'run', files)
    const opened = await openRejectIndex({ index, segments }, files)

    expect([...opened.entries]).toEqual(entries)
  })

  it('forgets the open rejects of segments that have expired', async () => {
    const files = memoryRunFiles()
    const index = await storeRejectIndex([entry({ segment: 2 }), entry()], 'index.bin', 'run', files)
    expect([...(await openRejectIndex({ index, segments }, files)).entries]).toEqual([entry()])
  })

  it('that is gone is an error that names the exit', async () => {
    const error = await errorOf(
      openRejectIndex({ index: { run: 'run', file: 'gone.bin' }, segments }, memoryRunFiles()),
    )
    expect(error).toMatchObject({ code: 'state-missing' })
    expect(error.remedy).toContain('resolve=rejects as=drop')
  })

  it('keeps the identities of dropped rejects without their records', async () => {
    const files = memoryRunFiles()
    const index = await storeRejectIndex([entry(), entry({ line: 1 })], 'index.bin', 'run', files)
    const dropped = await dropRejects({ rejects: { index, segments } }, 'dropped.bin', 'run', files)

    expect(dropped.segments).toEqual([])
    const opened = await openRejectIndex(dropped, files)
    expect([...opened.entries].map(({ state }) => state)).toEqual(['dropped', 'dropped'])
  })
})

describe('an index of rejects', () => {
  it('matches each of two equal rejects without a primary key once per read', () => {
    const index = createRejectIndex([entry({ line: 0 }), entry({ line: 1 })])
    const answers = () => [1, 2, 3].map(() => index.find(identity, () => 0)?.reject.line)
    expect(answers()).toEqual([0, 1, undefined])
    index.beginRead()
    expect(answers()).toEqual([0, 1, undefined])
  })

  it('finds a reject by its primary key, whatever its content', () => {
    const index = createRejectIndex([entry({}, withKey)])
    const other = identify(['id'], { ...raw, at: 'later' }, undefined)
    expect(index.find(withKey, () => 0)).toMatchObject({ same: true })
    expect(index.find(other, () => 0)).toMatchObject({ same: false })
  })

  it('finds a reject with a primary key for the same version and for later ones, not for an earlier one', () => {
    const index = createRejectIndex([entry({ place: 5 }, withKey)])
    const other = identify(['id'], { ...raw, at: 'other' }, undefined)
    expect(index.find(other, () => 4)).toBeNull()
    expect(index.find(other, () => 5)).toMatchObject({ same: false })
    expect(index.find(withKey, () => 4)).toMatchObject({ same: true })
  })

  it('updates an entry with the present hashes of its record, which alone must match later', () => {
    const then = { ...raw, at: 'x' }
    const known = identify(null, then, then)
    const index = createRejectIndex([entry({ state: 'dropped' }, known)])
    const [dropped] = index.entries
    const under = (parsed: unknown, field: number) => identify(null, { ...then, field }, parsed)()
    expect(dropped && index.renew(dropped, under(then, 1))).toBe(true)
    index.beginRead()
    expect(
      index.find(
        () => under({ ...then, more: 'web' }, 1),
        () => 0,
      ),
    ).toMatchObject({ same: true })
    expect([...index.entries].map((one) => index.renew(one, under(then, 1)))).toEqual([false])
  })

  it('finds no removed reject', () => {
    const index = createRejectIndex([entry({}, withKey)])
    const found = index.find(withKey, () => 0)
    if (found) index.remove(found.reject)
    expect(index.find(withKey, () => 0)).toBeNull()
  })
})
