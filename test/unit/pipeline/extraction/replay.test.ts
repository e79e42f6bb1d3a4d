import { identify } from '../../../../src/pipeline/extraction/identity'
import { createRejectIndex } from '../../../../src/pipeline/extraction/reject-index'
import { createRejectLog } from '../../../../src/pipeline/extraction/reject-log'
import { rejectedPages } from '../../../../src/pipeline/extraction/replay'
import { errorOf } from '../../../fixtures/error-of'
import { memoryRunFiles } from '../../../fixtures/memory-run-files'
import type { IndexedReject } from '../../../../src/pipeline/extraction/reject-index'
import type { RejectSegment } from '../../../../src/state/state-document'

const reason = { kind: 'reject', code: 'record-invalid', path: 'value', message: 'is no number' } as const
const files = memoryRunFiles()

function logOf(firstSegment: number) {
  return createRejectLog({
    commit: `commit-${firstSegment}`,
    firstSegment,
    run: 'run',
    files,
    storeNow: () => 7,
  })
}

function entryAt(place: { segment: number; line: number }, state: IndexedReject['state'] = 'open') {
  return { ...identify(null, place, undefined)(), place: 0, state, ...place }
}

async function recordsOf(segments: readonly RejectSegment[], entries: readonly IndexedReject[]) {
  const records: unknown[] = []
  for await (const page of rejectedPages(files, segments, createRejectIndex(entries)))
    records.push(...page.records)
  return records
}

it('the log of rejects writes segments of a limited size, each begun where the one before was full', async () => {
  const log = logOf(21)
  const half = 'x'.repeat(2 * 1024 * 1024)
  const places = ['a', 'b', 'c', 'd', 'e'].map((id) => log.add({ id, half }, reason))

  expect(places.map(({ segment, line }) => `${segment}.${line}`)).toEqual([
    '21.0',
    '21.1',
    '22.0',
    '22.1',
    '23.0',
  ])
  expect((await log.finish()).map(({ id }) => id)).toEqual([21, 22, 23])
})

it('a replay reads the records of open rejects, oldest first', async () => {
  const [first, second] = [logOf(1), logOf(2)]
  const places = [{ id: 'a' }, null, 'text', { id: 'dropped' }].map((raw) => first.add(raw, reason))
  places.push(second.add({ id: 'b', half: '\ud800' }, reason))
  const segments = [...(await first.finish()), ...(await second.finish())]
  const entries = places.map((place, index) => entryAt(place, index === 3 ? 'dropped' : 'open'))

  expect(await recordsOf(segments, entries)).toEqual([{ id: 'a' }, null, 'text', { id: 'b', half: '\ud800' }])
  expect(segments).toMatchObject([
    { id: 1, run: 'run', open: 0, at: 7 },
    { id: 2, run: 'run', open: 0, at: 7 },
  ])
})

it('a replay leaves out a record that was nested too deep to be written', async () => {
  let deep: unknown = 1
  for (let level = 0; level < 100_000; level += 1) deep = [deep]
  const log = logOf(3)
  const places = [log.add(deep, reason), log.add({ id: 'a' }, reason)]

  expect(
    await recordsOf(
      await log.finish(),
      places.map((place) => entryAt(place)),
    ),
  ).toEqual([{ id: 'a' }])
})

it('a segment that is gone is an error that names the exit', async () => {
  const segment = { id: 9, run: 'run', file: 'gone.jsonl', open: 1, at: 0 }
  const error = await errorOf(recordsOf([segment], []))
  expect(error).toMatchObject({ code: 'state-missing' })
  expect(error.remedy).toContain('resolve=rejects as=drop')
})
