import { followPosition } from '../../../../src/pipeline/extraction/position'
import type { RecordCursor } from '../../../../src/definition/sync'
import type { Taken, Verdict } from '../../../../src/pipeline/extraction/intake'

const field: RecordCursor = {
  kind: 'record',
  notation: 'number',
  path: 'n',
  timeZone: null,
  unit: 'iso',
  toleranceMs: 0,
  faults: [],
}
const rows: Verdict = { kind: 'rows', rows: [], heals: null }
const reject: Verdict = {
  kind: 'reject',
  reject: { kind: 'reject', code: 'record-invalid', path: '', message: '' },
  replaces: null,
}

function taken(n: number | null, verdict: Verdict = rows, recalled: Taken['recalled'] = null): Taken {
  const cursor = n === null ? null : { at: String(n), since: String(n) }
  return { record: {} as Taken['record'], verdict, cursor, renews: false, recalled }
}

const start = { at: '5', since: '5' }

it('the cursor follows the newest record in the order of its notation', () => {
  const position = followPosition(field, null, false)
  expect(position.cursor()).toBeNull()

  expect([999, 1000, 1000].map((n) => position.take(taken(n)))).toEqual([true, true, true])

  expect(position.cursor()?.at).toBe('1000')
})

it('a lookback reads from before the cursor and does not move it back', () => {
  const position = followPosition(field, start, false)

  expect([3, 4, 5, 6].map((n) => position.take(taken(n)))).toEqual([false, false, true, true])
  expect(followed([3, 4])).toBe('5')
  expect(followed([3, 7])).toBe('7')
})

it('a new record with an earlier cursor stops the read, and the error names the exit', () => {
  const position = followPosition(field, null, false)
  position.take(taken(7))

  expect(() => position.take(taken(6))).toThrow('a record at 6 after one at 7')
  expect(() => position.take(taken(6))).toThrow(
    expect.objectContaining({
      code: 'source-order',
      remedy: expect.stringContaining('resolve=source-order') as string,
    }) as Error,
  )
})

it.each([
  ['known', taken(6, rows, 'sent')],
  ['rejected', taken(6, reject)],
  ['behind', taken(6, { kind: 'behind' })],
  ['repeated', taken(6, { kind: 'repeated', closes: null })],
  ['without a cursor', taken(null, reject)],
])('a record that is %s may have an earlier cursor, and moves nothing', (_, record) => {
  const position = followPosition(field, null, false)
  position.take(taken(7))

  expect(position.take(record)).toBe(false)
  expect(position.cursor()?.at).toBe('7')
})

it('a rejected record whose cursor is in order moves the cursor', () => {
  const position = followPosition(field, start, false)

  expect(position.take(taken(6, reject))).toBe(true)
  expect(position.cursor()?.at).toBe('6')
})

it('a waived read takes records in any order and ends at the newest', () => {
  const position = followPosition(field, start, true)

  for (const n of [9, 6, 8]) position.take(taken(n))

  expect(position.cursor()?.at).toBe('9')
})

function followed(numbers: readonly number[]): string | undefined {
  const position = followPosition(field, start, false)
  for (const n of numbers) position.take(taken(n))
  return position.cursor()?.at
}

it('a record within a range that comes after one beyond it stops the read', () => {
  const position = followPosition(field, start, false)
  const beyond = { at: '9', since: '9' }
  position.take({
    ...taken(null, { kind: 'beyond' }),
    record: { cursor: beyond } as Taken['record'],
  })

  expect(() => position.take(taken(8))).toThrow('a record at 8 after one at 9')
})
