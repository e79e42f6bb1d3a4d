import { resolveRejects } from '../../../../src/pipeline/commands/resolve-rejects'
import {
  createRejectIndex,
  openRejectIndex,
  storeRejectIndex,
} from '../../../../src/pipeline/extraction/reject-index'
import { errorOf } from '../../../fixtures/error-of'
import { memoryRunFiles } from '../../../fixtures/memory-run-files'
import { storedDocument } from '../../../fixtures/stored-state'
import type { Resolution } from '../../../../src/pipeline/run-context'
import type { StateDocument } from '../../../../src/state/state-document'

const storeNow = Date.UTC(2026, 10, 21, 12, 30, 15, 250)
const segments = [
  { run: 'run-1', file: 'a', id: 1, open: 2, at: 1 },
  { run: 'run-1', file: 'b', id: 2, open: 1, at: 1 },
]
const files = memoryRunFiles('run-1')

function resolve(as: Resolution, document: Partial<StateDocument> = {}) {
  const rejects = { index: null, segments }
  return resolveRejects(storedDocument({ rejects, generation: 4, ...document }), as, {
    files,
    run: 'run-1',
    storeNow,
  })
}

it('as=resend replays all open rejects, without a new generation', async () => {
  const { note, effect } = await resolve('resend')

  expect(note).toContain('3 rejects')
  expect(effect).toEqual({
    kind: 'replay',
    replay: { kind: 'replay', name: 'replay-20261121T123015250Z-3', generation: 4 },
  })
})

it('as=drop keeps the identities: only changed records are new again', async () => {
  const entry = { keyed: true, words: [1, 2, 3, 4], place: 0, state: 'open', segment: 1, line: 0 } as const
  const index = await storeRejectIndex(createRejectIndex([entry]).entries, 'index', 'run-1', files)
  const { note, effect } = await resolve('drop', { rejects: { index, segments } })

  if (effect.kind !== 'rejects-dropped') throw new RangeError('not dropped')
  expect(note).toContain('3 rejects were dropped')
  expect(effect.rejects.segments).toEqual([])
  const kept = await openRejectIndex(effect.rejects, files)
  expect([...kept.entries]).toEqual([{ ...entry, state: 'dropped', segment: 0, line: 0 }])
})

it('as=drop ends the block of a lost index, also where no reject is open', async () => {
  const rejects = { index: { run: 'run-1', file: 'lost' }, segments: [] }
  const { note, effect } = await resolve('drop', { rejects })

  expect(effect).toEqual({ kind: 'rejects-dropped', rejects: { index: null, segments: [] } })
  expect(note).toContain('come again count as new')
})

it.each([
  ['there are none', 'resend', { rejects: { index: null, segments: [] } }, 'There are no open rejects'],
  ['they were never sent', 'sent', {}, 'Use as=resend'],
  ['nothing waits to be continued', 'continue', {}, 'Use as=resend'],
  [
    'they are being tried again',
    'resend',
    { backfills: [{ kind: 'replay', name: 'replay-7', generation: 0 }] },
    'resolve=replay-7 as=drop',
  ],
] as const)('rejects are left alone where %s', async (_what, as, document, text) => {
  const { code, message, remedy } = await errorOf(resolve(as, document as unknown as Partial<StateDocument>))

  expect(code).toBe('params-invalid')
  expect(`${message} ${remedy}`).toContain(text)
})
