import { skipSlice } from '../../../../src/pipeline/commands/skip-slice'
import { errorThrownBy } from '../../../fixtures/error-of'
import { storedDocument } from '../../../fixtures/stored-state'
import { incrementalSync, slicedSync } from '../../../fixtures/syncs'
import type { Resolution } from '../../../../src/pipeline/run-context'

const day = (date: number) => Date.UTC(2026, 10, date)
const hour = 3_600_000
const next = 'slice-20261105T000000Z'

function skip({
  sync = slicedSync(),
  name = next,
  as = 'drop' as Resolution,
  watermark = day(5) as number | null,
  storeNow = day(6),
}) {
  return skipSlice({ sync }, storedDocument({ watermark }), name, as, storeNow)
}

function refusal(given: object) {
  const { message, remedy } = errorThrownBy(() => skip(given))
  return `${message} ${remedy}`
}

it('as=drop leaves out the next slice, and the note says that a backfill can still send it', () => {
  const { note, effect } = skip({})

  expect(effect).toEqual({ kind: 'slice-skipped', slice: { from: day(5), to: day(6) } })
  expect(note).toMatch(/2026-11-05T00:00:00.000Z – 2026-11-06.*backfill/)
})

it('as=drop leaves out the first slice', () => {
  expect(skip({ watermark: null, name: 'slice-20261101T000000Z' }).effect).toMatchObject({
    slice: { from: day(1) },
  })
})

it.each([
  ['another slice', { name: 'slice-20261107T000000Z' }, `Next is ${next}.`],
  ['a slice that is not over', { storeNow: day(6) - 1 }, 'is not due before 2026-11-06T00:00:00.000Z'],
  [
    'a slice whose records may still arrive',
    { sync: slicedSync({ lagMs: 2 * hour }), storeNow: day(6) + hour },
    'is not due before 2026-11-06T02:00:00.000Z',
  ],
  ['a slice in another way than as=drop', { as: 'sent' }, `Use resolve=${next} as=drop.`],
  ['a slice of a job without slices', { sync: incrementalSync() }, 'This job has no slices'],
])('as=drop does not leave out %s', (_what, given, text) => {
  expect(refusal(given)).toContain(text)
})
