import { createMarks } from '../../../../src/pipeline/extraction/marks'
import type { EncodedRow } from '../../../../src/destinations/destination'

const partitioning = { count: 2, name: (index: number) => `p${index}`, fingerprint: 'two' }
const committed = { p0: { mark: 10, notBefore: 0, confirmedAt: null } }

function row(order: number, partition = 0): EncodedRow {
  return { kind: 'row', line: '', order, partition }
}

it('a row before the newest of its partition is late, in this commit or an earlier one', () => {
  const marks = createMarks(committed, partitioning, false)

  expect(marks.countLate([row(9)])).toBe(1)
  expect(marks.countLate([row(10)])).toBe(0)
  marks.raise([row(20)])
  expect(marks.countLate([row(19)])).toBe(1)
  expect(marks.countLate([row(1, 1)])).toBe(0)
})

it('rows of one record are late against each other', () => {
  const marks = createMarks(committed, partitioning, false)
  expect(marks.countLate([row(30), row(20)])).toBe(1)
  expect(marks.countLate([row(20), row(30)])).toBe(0)
})

it('counting moves no mark, so a record that is rejected as late moves none', () => {
  const marks = createMarks(committed, partitioning, false)

  marks.countLate([row(5), row(50)])

  expect(marks.moved()).toEqual({})
  expect(marks.countLate([row(40)])).toBe(0)
})

it('rows that will be sorted are late only against what was committed before', () => {
  const marks = createMarks(committed, partitioning, true)
  marks.raise([row(20)])
  expect(marks.countLate([row(15)])).toBe(0)
  expect(marks.countLate([row(9)])).toBe(1)
})

it('only the partitions that move are named, and no row moves a mark back', () => {
  const marks = createMarks(committed, partitioning, false)
  marks.raise([row(9), row(3, 1), row(2, 1)])
  expect(marks.moved()).toEqual({ p1: 3 })
})
