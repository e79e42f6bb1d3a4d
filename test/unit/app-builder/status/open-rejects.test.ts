import { noRejects, readOpenRejects } from '../../../../src/app-builder/status/open-rejects'
import { storeRejectIndex } from '../../../../src/pipeline/extraction/reject-index'
import { errorOf } from '../../../fixtures/error-of'
import { memoryRunFiles } from '../../../fixtures/memory-run-files'
import type { Rejects } from '../../../../src/state/state-document'

const day = 24 * 60 * 60_000
const at = Date.UTC(2026, 10, 1)

interface Stored {
  readonly code?: string
  readonly record?: unknown
  readonly message?: string
  /** False where it was dealt with since. */
  readonly open?: boolean
}

/** The rejects of a state, with one segment for each list. */
async function storedRejects(...segments: readonly Stored[][]) {
  const files = memoryRunFiles('run')
  for (const [id, lines] of segments.entries()) {
    const text = lines.map(({ code = 'record-invalid', message = 'It is wrong.', record = {} }) =>
      JSON.stringify({ code, path: 'a.b', message, commit: 'c', record }),
    )
    await files.add(`${id}.jsonl`, Buffer.from(`${text.join('\n')}\n`))
  }
  const entries = segments.flatMap((lines, segment) =>
    lines.flatMap(({ open = true }, line) =>
      open
        ? [{ keyed: false, words: [1, 2, 3, line] as const, place: 0, state: 'open' as const, segment, line }]
        : [],
    ),
  )
  const rejects: Rejects = {
    index: await storeRejectIndex(entries, 'index', 'run', files),
    segments: segments.map((lines, id) => ({
      ...{ id, run: 'run', file: `${id}.jsonl`, at: at + id * day },
      open: lines.filter(({ open = true }) => open).length,
    })),
  }
  return { rejects, files }
}

it('open rejects are counted by reason, the most frequent first, each with its newest records', async () => {
  const { rejects, files } = await storedRejects(
    [{ record: { id: 1 } }, { record: { id: 2 }, code: 'late' }],
    [{ record: { id: 3 } }, { record: { id: 4 }, open: false }, { record: { id: 5 } }],
  )

  const found = await readOpenRejects(rejects, files)

  expect(found).toMatchObject({ open: 4, unread: 0, fault: null, expires: '2026-12-01T00:00:00.000Z' })
  expect(found.reasons.map(({ code, count }) => [code, count])).toEqual([
    ['record-invalid', 3],
    ['late', 1],
  ])
  expect(found.reasons[0]?.records.map(({ record }) => record)).toEqual(['{"id":5}', '{"id":3}', '{"id":1}'])
  expect(found.reasons[0]?.records[0]).toMatchObject({ path: 'a.b', message: 'It is wrong.' })
})

it('records and messages leave out what looks like personal data, and are cut', async () => {
  const record = { mail: 'ada@example.com', phone: '+49 170 1234567', text: 'x'.repeat(5_000) }
  const { rejects, files } = await storedRejects([{ record, message: 'Bad address ada@example.com' }])

  const [reason] = (await readOpenRejects(rejects, files)).reasons
  const [shown] = reason?.records ?? []

  expect(JSON.stringify(shown)).not.toMatch(/ada@|170/)
  expect(shown?.message).toBe('Bad address [redacted]')
  expect(shown?.record.length).toBeLessThan(1_100)
})

it('only the newest files are read, and the count of the others is told', async () => {
  const { rejects, files } = await storedRejects([{}, {}, {}], [{}], [{}])
  files.stored.delete('run/0.jsonl')

  expect(await readOpenRejects(rejects, files)).toMatchObject({ open: 5, unread: 3 })
})

it('a reason with many records shows the newest five of them', async () => {
  const { rejects, files } = await storedRejects(Array.from({ length: 40 }, (_, id) => ({ record: { id } })))

  const [reason] = (await readOpenRejects(rejects, files)).reasons

  expect(reason?.count).toBe(40)
  expect(reason?.records.map(({ record }) => record)).toEqual(
    [39, 38, 37, 36, 35].map((id) => `{"id":${id}}`),
  )
})

it('a missing file of records makes them unread, and a missing index is an error', async () => {
  const { rejects, files } = await storedRejects([{}])
  files.stored.delete('run/0.jsonl')
  expect(await readOpenRejects(rejects, files)).toMatchObject({ open: 1, unread: 1, reasons: [] })

  files.stored.delete('run/index')
  expect(await errorOf(readOpenRejects(rejects, files))).toMatchObject({ code: 'state-missing' })
})

it('rejects that are all dealt with are none', async () => {
  const { rejects, files } = await storedRejects([{ open: false }])

  expect(await readOpenRejects(rejects, files)).toEqual(noRejects)
})
