import { addCounters, noCounters } from '../../../src/state/counters'
import { reduce } from '../../../src/state/reduce'
import { storedDocument } from '../../fixtures/stored-state'

it('a renewed lease changes nothing but the write', () => {
  const document = storedDocument({ attempts: 2 })

  expect(reduce(document, { type: 'lease-renewed' })).toBe(document)
})

it('records that change no state still count', () => {
  const before = addCounters(noCounters, { records: 1, rejects: { late: 1 } })
  const next = reduce(storedDocument({ counters: before }), {
    type: 'counted',
    counters: { records: 2, repeated: 2, rejects: { late: 1, broken: 1 } },
  })

  expect(next.counters).toEqual({ ...noCounters, records: 3, repeated: 2, rejects: { late: 2, broken: 1 } })
})

it('a run stays on the list of orphans until a listing finds none: a frozen one may still write', () => {
  const document = storedDocument({ orphans: ['a', 'b'] })

  expect(reduce(document, { type: 'orphans-cleaned', run: 'a', files: 2 }).orphans).toEqual(['a', 'b'])
  expect(reduce(document, { type: 'orphans-cleaned', run: 'a', files: 0 }).orphans).toEqual(['b'])
})

it('expired rejects are removed, and their files are listed for clean-up', () => {
  const segment = (run: string, id: number) => ({ run, file: `${id}`, id, open: 1, at: 1 })
  const index = { run: 'i', file: 'index' }
  const document = storedDocument({ rejects: { index, segments: [segment('a', 1), segment('b', 2)] } })
  const next = reduce(document, { type: 'rejects-expired', segments: [1], rejects: 1 })

  expect(next.rejects).toEqual({ index, segments: [segment('b', 2)] })
  expect(next.orphans).toEqual(['a'])
})

describe('regrouped', () => {
  const event = { type: 'regrouped', partitioning: 'three', partitions: ['x', 'y', 'z'] } as const

  it('starts every partition from the newest mark, the longest wait and the last confirmation of all', () => {
    const partitions = {
      a: { mark: 5, notBefore: 90, confirmedAt: null },
      b: { mark: 8, notBefore: 20, confirmedAt: 70 },
    }
    const next = reduce(storedDocument({ partitioning: 'two', partitions }), event)

    const newest = { mark: 8, notBefore: 90, confirmedAt: 70 }
    expect(next).toMatchObject({ partitioning: 'three', partitions: { x: newest, y: newest, z: newest } })
    expect(Object.keys(next.partitions)).toEqual(['x', 'y', 'z'])
  })

  it('starts without marks and waits where nothing was sent', () => {
    const next = reduce(
      storedDocument({ partitions: { a: { mark: null, notBefore: 0, confirmedAt: null } } }),
      event,
    )

    expect(next.partitions.x).toEqual({ mark: null, notBefore: 0, confirmedAt: null })
  })
})

it('the reducer changes no document in place', () => {
  const document = storedDocument({ orphans: ['a'] })
  const before = structuredClone(document)
  reduce(document, { type: 'orphans-cleaned', run: 'a', files: 0 })
  reduce(document, { type: 'counted', counters: { records: 1, rejects: { late: 1 } } })

  expect(document).toEqual(before)
})
