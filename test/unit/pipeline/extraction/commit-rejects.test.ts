import { createRejects } from '../../../../src/pipeline/extraction/commit-rejects'
import { readRecord } from '../../../../src/pipeline/extraction/read-record'
import { createRejectIndex } from '../../../../src/pipeline/extraction/reject-index'
import { EngineSettings } from '../../../../src/pipeline/settings'
import { errorThrownBy } from '../../../fixtures/error-of'
import { jobWith, runContext } from '../../../fixtures/run-dependencies'
import type { CommitOptions } from '../../../../src/pipeline/extraction/commit-options'
import type { IndexedReject } from '../../../../src/pipeline/extraction/reject-index'
import type { Reject } from '../../../../src/destinations/destination'
import type { StateDocument } from '../../../../src/state/state-document'

const invalid: Reject = { kind: 'reject', code: 'record-invalid', path: 'value', message: 'is no number' }
const late: Reject = { kind: 'reject', code: 'late', path: '', message: 'is old' }

interface Options {
  readonly settings?: Partial<EngineSettings>
  readonly document?: Partial<StateDocument>
  readonly aside?: boolean
}

function world({ settings = {}, document = {}, aside = false }: Options = {}) {
  const context = runContext(document, { settings: EngineSettings.parse(settings) })
  const index = createRejectIndex([])
  const options = { name: 'commit-4', aside, rejects: index } as unknown as CommitOptions
  const record = (id: string) => readRecord(jobWith(), { id, at: '2026-11-20T00:00:00Z' })
  const open = () => createRejects(context, options)
  const only = (): IndexedReject => {
    const [first] = index.entries
    if (!first) throw new RangeError('the index is empty')
    return first
  }
  return { context, index, record, open, only }
}

/** So many new rejects. */
function rejected(
  rejects: ReturnType<ReturnType<typeof world>['open']>,
  { record }: Pick<ReturnType<typeof world>, 'record'>,
  count: number,
) {
  for (let number = 0; number < count; number += 1) rejects.add(record(`r${number}`), invalid, null)
}

describe('the rejects of a commit', () => {
  it('are counted by their reason', () => {
    const { open, record } = world()
    const rejects = open()
    rejects.add(record('a'), invalid, null)
    rejects.add(record('b'), late, null)
    rejects.add(record('c'), invalid, null)

    expect(rejects.count).toBe(3)
    expect(rejects.byReason).toEqual({ 'record-invalid': 2, late: 1 })
  })

  it('are not counted again where a newer copy replaces them', () => {
    const { open, record, index, only } = world()
    const rejects = open()
    rejects.add(record('a'), invalid, null)
    expect(rejects.add(record('newer'), invalid, only())).toBe(true)

    expect(rejects.count).toBe(1)
    expect(index.entries.size).toBe(1)
    expect(only().words).toEqual(record('newer').identity().words)
  })

  it('are not stored again where the very same record is rejected again', () => {
    const { open, record, only } = world()
    const rejects = open()
    rejects.add(record('a'), invalid, null)
    const before = only()

    expect(rejects.add(record('a'), invalid, before)).toBe(false)
    expect(only()).toBe(before)
  })

  it('become segments behind those of earlier commits, each named as long as one of its rejects is open', async () => {
    const segment = (id: number) => ({ id, run: 'run-0', file: `rejects-${id}`, open: 1, at: 0 })
    const { open, record, index } = world({
      document: { rejects: { index: null, segments: [segment(4), segment(9)] } },
    })
    const { keyed, words } = record('old').identity()
    index.add({ keyed, words, place: 0, state: 'open', segment: 9, line: 0 })
    const rejects = open()
    rejects.add(record('a'), invalid, null)
    rejects.add(record('b'), invalid, null)

    expect((await rejects.store()).segments).toMatchObject([
      { id: 9, open: 1 },
      { id: 10, run: 'run-1', open: 2 },
    ])
  })

  it('leave the document as it is where nothing changed', async () => {
    const rejects = { index: { run: 'run-0', file: 'index' }, segments: [] }
    const { open, context } = world({ document: { rejects } })

    expect(await open().store()).toEqual(rejects)
    expect(context.files.stored.size).toBe(0)
  })

  it('are closed by what heals them, which is stored as well', async () => {
    const { open, record, only } = world()
    const first = open()
    first.add(record('a'), invalid, null)
    await first.store()
    const second = open()
    second.close(only())

    expect(await second.store()).toEqual({ index: null, segments: [] })
  })

  it('are stored with what a server said, without its secrets', async () => {
    const { open, record, context } = world()
    const rejects = open()
    rejects.add(record('a'), { ...invalid, message: 'is s3cret' }, null)
    await rejects.store()

    const stored = context.files.stored.get('run-1/commit-4-rejects-1.jsonl')?.toString() ?? ''
    expect(JSON.parse(stored)).toMatchObject({ message: 'is [redacted]', record: { id: 'a' } })
  })
})

describe('the limit of rejects', () => {
  it.each([
    [20, 20, true],
    [21, 209, false],
    [21, 210, true],
    [22, 219, false],
  ])('of %i rejects among %i new records lets the commit pass: %s', (count, newRecords, passes) => {
    const one = world()
    const rejects = one.open()
    rejected(rejects, one, count)
    const judge = () => rejects.assertAcceptable(newRecords)

    if (passes) expect(judge()).toEqual([])
    else
      expect(errorThrownBy(judge)).toMatchObject({
        code: 'too-many-rejects',
        details: { rejects: count, worst: 'record-invalid', sample: 'value: is no number' },
      })
  })

  it('holds for ordinary work alone: a person asked for a backfill or a replay', () => {
    const one = world({ aside: true })
    const rejects = one.open()
    rejected(rejects, one, 30)

    expect(rejects.assertAcceptable(30)).toEqual([])
  })

  it('is lifted by a waiver, which is used up', () => {
    const one = world({ document: { waivers: ['too-many-rejects'] } })
    const rejects = one.open()
    rejected(rejects, one, 30)

    expect(rejects.assertAcceptable(30)).toEqual(['too-many-rejects'])
  })

  it('of all that are open stops a commit that adds one more', () => {
    const one = world({ settings: { openRejects: 2 } })
    const rejects = one.open()
    rejected(rejects, one, 2)
    expect(rejects.assertAcceptable(1_000)).toEqual([])
    rejected(rejects, one, 1)

    expect(errorThrownBy(() => rejects.assertAcceptable(1_000))).toMatchObject({
      code: 'too-many-rejects',
      details: { limit: 2 },
    })
  })

  it('of what fits into memory stops a commit before it is read to its end', () => {
    const one = world({ settings: { commitRejects: 5 } })
    const rejects = one.open()
    rejected(rejects, one, 5)

    expect(errorThrownBy(() => rejected(rejects, one, 1))).toMatchObject({
      code: 'too-many-rejects',
      details: { rejects: 6 },
    })
  })
})
