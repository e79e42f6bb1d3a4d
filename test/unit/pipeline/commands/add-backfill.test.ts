import { addBackfill } from '../../../../src/pipeline/commands/add-backfill'
import { errorThrownBy } from '../../../fixtures/error-of'
import { batchIn, storedDocument } from '../../../fixtures/stored-state'
import { fullRefreshSync, incrementalSync, numberCursor, slicedSync } from '../../../fixtures/syncs'
import type { Sync } from '../../../../src/definition/sync'
import type { StateDocument } from '../../../../src/state/state-document'
import type { Backfill } from '../../../../src/state/work'

const now = Date.UTC(2026, 10, 21, 12, 30, 15, 250)
const day = (date: number) => Date.UTC(2026, 10, date)

interface Given {
  readonly sync?: Sync
  readonly document?: Partial<StateDocument>
  readonly force?: boolean
  readonly from?: string
  readonly to?: string
}

/** Slices of 1 to 19 November are done, except for the 10th. */
const done = [
  { from: day(1), to: day(10) },
  { from: day(11), to: day(20) },
]

function accept({ sync = slicedSync(), document = {}, force = false, from, to }: Given) {
  const { note, effect } = addBackfill(
    { sync },
    storedDocument({ watermark: day(20), done, generation: 4, ...document }),
    { force, from, to },
    now,
  )
  if (effect.kind !== 'backfill') throw new RangeError('not a backfill')
  return { note, backfill: effect.backfill }
}

function refusal(given: Given) {
  const { code, message, remedy } = errorThrownBy(() => accept(given))
  expect(code).toBe('params-invalid')
  return `${message} ${remedy}`
}

describe('a sliced job', () => {
  it('takes a range that no commit covered, without force and in the same generation', () => {
    const { note, backfill } = accept({ from: '2026-11-10', to: '2026-11-11' })

    expect(backfill).toEqual({
      kind: 'backfill',
      mode: 'sliced',
      name: 'backfill-20261121T123015250Z-3',
      from: day(10),
      to: day(11),
      doneTo: null,
      generation: 4,
      force: false,
    })
    expect(note).not.toContain('twice')
  })

  it('takes a range before the start of its schedule', () => {
    expect(accept({ from: '2026-10-01', to: '2026-11-01' }).backfill).toMatchObject({ force: false })
  })

  it('takes a range before its start when nothing is done yet, and none after it', () => {
    const document = { watermark: null, done: [] }

    expect(accept({ document, from: '2026-10-01', to: '2026-11-01' }).backfill).toMatchObject({ to: day(1) })
    expect(refusal({ document, from: '2026-10-01', to: '2026-11-02' })).toContain('goes on by itself')
  })

  it('refuses a range that commits covered, names it, and takes it by force in a new generation', () => {
    const range = { from: '2026-11-09', to: '2026-11-12' }

    expect(refusal(range)).toMatch(
      /was read before: 2026-11-09T00:00:00.000Z – 2026-11-10T00:00:00.000Z, 2026-11-11.*add force=true/,
    )
    const { note, backfill } = accept({ ...range, force: true })
    expect(backfill).toMatchObject({ force: true, generation: 5 })
    expect(note).toContain('counts twice')
  })

  it.each(['staged', 'in-doubt', 'accepted', 'held'] as const)(
    'sends nothing again while a batch is %s',
    (state) => {
      const document = { outbox: [batchIn(state)] }

      expect(refusal({ document, from: '2026-11-02', to: '2026-11-03', force: true })).toContain(
        'pending = 0',
      )
      expect(accept({ document, from: '2026-11-10', to: '2026-11-11' }).backfill.name).toContain('backfill-')
    },
  )

  it('sends again while only the file of a confirmed batch is still to be deleted', () => {
    const document = { outbox: [batchIn('confirmed')] }

    expect(accept({ document, from: '2026-11-02', to: '2026-11-03', force: true }).backfill.force).toBe(true)
  })

  it('refuses a range that overlaps an open backfill, and takes one beside it', () => {
    const { backfill } = accept({ from: '2026-11-10', to: '2026-11-11' })
    const document = { backfills: [backfill] }

    expect(refusal({ document, from: '2026-11-10', to: '2026-11-11', force: true })).toContain(
      `resolve=${backfill.name} as=drop`,
    )
    expect(accept({ document, from: '2026-10-01', to: '2026-11-01' }).backfill.from).toBe(
      Date.UTC(2026, 9, 1),
    )
  })

  it('refuses a range that ends after its watermark, and names the latest end', () => {
    expect(refusal({ from: '2026-11-10', to: '2026-11-21', force: true })).toContain(
      'to=2026-11-20T00:00:00.000Z',
    )
  })

  it('reads a date as midnight in its own zone, as its start is', () => {
    const sync = slicedSync({ timeZone: 'Europe/Berlin' })
    const { backfill } = accept({ sync, from: '2026-10-25', to: '2026-10-26' })

    expect(backfill).toMatchObject({ from: Date.UTC(2026, 9, 24, 22), to: Date.UTC(2026, 9, 25, 23) })
  })

  it('reads an instant as it is', () => {
    const { backfill } = accept({ from: '2026-10-25T00:00:00+02:00', to: '2026-10-25T01:00:00Z' })

    expect(backfill).toMatchObject({ from: Date.UTC(2026, 9, 24, 22), to: Date.UTC(2026, 9, 25, 1) })
  })

  it.each([
    [{ from: '2026-11-02' }, '`to` is missing'],
    [{ to: '2026-11-02' }, '`from` is missing'],
    [{ from: 'yesterday', to: '2026-11-02' }, 'neither a date nor an instant: yesterday'],
    [{ from: '2026-11-02T00:00:00', to: '2026-11-03' }, 'neither a date nor an instant'],
    [{ from: '2026-11-03', to: '2026-11-02' }, 'not before'],
    [{ from: '2026-11-02', to: '2026-11-02' }, 'not before'],
  ])('refuses %j', (range, message) => {
    expect(refusal({ ...range, force: true })).toContain(message)
  })

  describe('by force alone', () => {
    it('sends the slice again that was done last', () => {
      expect(accept({ force: true }).backfill).toMatchObject({ from: day(19), to: day(20), generation: 5 })
    })

    it('sends the rest of a slice that was cut short', () => {
      const document = { watermark: day(20) + 5, done: [{ from: day(1), to: day(20) + 5 }] }

      expect(accept({ document, force: true }).backfill).toMatchObject({ from: day(20), to: day(20) + 5 })
    })

    it('is refused where no slice is done', () => {
      expect(refusal({ document: { watermark: null, done: [] }, force: true })).toContain(
        'No slice is done yet',
      )
    })
  })
})

describe('an incremental job', () => {
  const sync = incrementalSync({ cursor: numberCursor })
  const document = { cursor: { at: '1000', since: '1000' }, watermark: null, done: [] }

  it('has read everything up to its cursor, so it takes a range only by force', () => {
    const range = { sync, document, from: '998', to: '1000' }

    expect(refusal(range)).toContain('add force=true')
    expect(accept({ ...range, force: true })).toMatchObject({
      note: expect.stringContaining('998 – 1000 is read as') as string,
      backfill: {
        mode: 'incremental',
        from: { at: '998', since: '998' },
        to: { at: '1000', since: '1000' },
        cursor: null,
        ties: { inline: '', segments: [] },
        force: true,
        generation: 5,
      },
    })
  })

  it('compares numbers as numbers, not as text', () => {
    expect(refusal({ sync, document, from: '99', to: '1001', force: true })).toContain(
      'End it there at the latest: to=1000',
    )
    expect(accept({ sync, document, from: '99', to: '1000', force: true }).backfill.mode).toBe('incremental')
    expect(refusal({ sync, document, from: '1000', to: '999', force: true })).toContain('not before')
  })

  it('refuses a range that another backfill overlaps', () => {
    const { backfill } = accept({ sync, document, from: '10', to: '20', force: true })
    const busy = { ...document, backfills: [backfill] as Backfill[] }

    expect(refusal({ sync, document: busy, from: '9', to: '11', force: true })).toContain('overlaps')
    expect(accept({ sync, document: busy, from: '20', to: '30', force: true }).backfill.mode).toBe(
      'incremental',
    )
  })

  it.each([
    [{ from: '1' }, '`to` is missing'],
    [{}, '`from` is missing'],
    [{ from: 'one', to: '2' }, 'is not a cursor of this job: one'],
  ])('refuses %j, with the field whose notation counts', (range, message) => {
    const text = refusal({ sync, document, ...range, force: true })

    expect(text).toContain(message)
    expect(text).toContain('"seq"')
  })

  it('refuses a range before it has read anything', () => {
    const nothing = { ...document, cursor: null }

    expect(refusal({ sync, document: nothing, from: '1', to: '2', force: true })).toContain(
      'Nothing was read yet',
    )
  })

  it('refuses a range where its cursor travels with the page, and names the alternative', () => {
    const paged = incrementalSync({ cursor: { kind: 'page' } })

    expect(refusal({ sync: paged, document, from: 'a', to: 'b', force: true })).toContain(
      'resolve=definition as=continue',
    )
  })
})

it('a full refresh reads everything anyway, so it takes no range and no force', () => {
  expect(refusal({ sync: fullRefreshSync(), force: true })).toContain('reads everything at each run')
})
