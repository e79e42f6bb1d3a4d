import { reachedScope, sinceScope, sliceScope } from '../../../../src/pipeline/extraction/scope'
import type { RecordCursor } from '../../../../src/definition/sync'

const instant: RecordCursor = {
  kind: 'record',
  notation: 'instant',
  path: 'at',
  timeZone: null,
  unit: 'iso',
  toleranceMs: 60_000,
  faults: [],
}
const number: RecordCursor = { ...instant, notation: 'number' }
const now = () => Date.UTC(2026, 0, 1, 12)

describe('the scope of an incremental read', () => {
  it('places records before the cursor of an ordinary read behind', () => {
    const scope = sinceScope(number, { since: '9', until: null }, now)
    expect(['8', '9', '100'].map(scope)).toEqual(['behind', 'within', 'within'])
  })

  it('begins at the cursor, inclusive, and ends before the end of a range', () => {
    const scope = sinceScope(number, { since: '9', until: '11' }, now)
    expect(['8', '9', '10', '11', '100'].map(scope)).toEqual([
      'out-of-range',
      'within',
      'within',
      'beyond',
      'beyond',
    ])
  })

  it('excludes records further in the future than the tolerance', () => {
    const scope = sinceScope(instant, { since: null, until: null }, now)
    expect(scope('2026-01-01T12:01:00')).toBe('within')
    expect(scope('2026-01-01T12:01:00.001')).toBe('ahead')
    expect(sinceScope(number, { since: null, until: null }, now)('99999999999999')).toBe('within')
  })
})

describe('a slice', () => {
  const slice = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 2) }
  const inside = ['2026-01-01T00:00:00', '2026-01-01T23:59:59.999999']
  const outside = ['2025-12-31T23:59:59.9', '2026-01-02T00:00:00']

  it('is half open', () => {
    const scope = sliceScope(slice, 'slice-1', true)
    expect(inside.map(scope)).toEqual(['within', 'within'])
    expect(outside.map(scope)).toEqual(['out-of-range', 'out-of-range'])
  })

  it('of a source that filters exactly has no record outside: that is an error with an exit', () => {
    const scope = sliceScope(slice, 'slice-1', false)
    for (const at of outside) {
      expect(() => scope(at)).toThrow(
        expect.objectContaining({
          code: 'source-outside-slice',
          remedy: expect.stringContaining('resolve=slice-1 as=drop') as string,
        }) as Error,
      )
    }
  })
})

describe('the scope of a replay', () => {
  const places = (reached: string | null, inclusive: boolean) =>
    ['9', '10', '11'].map(reachedScope(number, reached, inclusive))

  it('ends where the ordinary read will return the record itself', () => {
    expect(places('10', true)).toEqual(['within', 'within', 'to-come'])
    expect(places('10', false)).toEqual(['within', 'to-come', 'to-come'])
    expect(places(null, true)).toEqual(['to-come', 'to-come', 'to-come'])
  })
})
