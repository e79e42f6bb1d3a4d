import { parseDocument } from '../../../src/state/parse-document'
import { documentVersion } from '../../../src/state/state-document'
import { errorThrownBy } from '../../fixtures/error-of'
import { batchIn, storedDocument, storedPlan, storedReport } from '../../fixtures/stored-state'

const path = 'jobs/job/state.json'
const parse = (text: string) => parseDocument(path, Buffer.from(text))

it('reads back what was written, entries in every state', () => {
  const states = ['planned', 'staged', 'sending', 'in-doubt', 'accepted', 'confirmed', 'held'] as const
  const document = storedDocument({
    lease: { owner: 'o', run: 'r', activation: 'a', takenAt: 1, endsAt: 2 },
    outbox: states.map((state) => batchIn(state, { id: state })),
    plan: storedPlan(),
    reports: [storedReport({ reason: 'deadline', outcome: 'partial' })],
    commands: [{ content: '{}', run: 'r', at: 1, note: 'n' }],
  })

  expect(parse(JSON.stringify(document))).toEqual(document)
})

it('a document of version 2 is read: it has no plan, and its batches have no span', () => {
  const batch = { ...batchIn('staged'), span: undefined }

  const document = parse(
    JSON.stringify({ ...storedDocument(), version: 2, plan: undefined, outbox: [batch] }),
  )

  expect(document.version).toBe(documentVersion)
  expect(document.plan).toBeNull()
  expect(document.outbox).toEqual([{ ...batch, span: null }])
})

it.each([
  ['is cut off', '{"version":2,', 'its top level'],
  ['is empty', '', 'its top level'],
  ['misses a field', JSON.stringify({ ...storedDocument(), outbox: undefined }), 'outbox'],
  [
    'has a batch in a state that does not exist',
    JSON.stringify({ ...storedDocument(), outbox: [{ ...batchIn('staged'), state: 'lost' }] }),
    'outbox.0.state',
  ],
  [
    'has a batch in doubt since never',
    JSON.stringify({ ...storedDocument(), outbox: [{ ...batchIn('in-doubt'), doubtFrom: undefined }] }),
    'outbox.0.doubtFrom',
  ],
  [
    'has a plan whose span has no end',
    JSON.stringify({ ...storedDocument(), plan: { ...storedPlan(), span: { first: 1 } } }),
    'plan.span.last',
  ],
  ['is older than this app', JSON.stringify({ ...storedDocument(), version: 1 }), 'version'],
])('a document that %s is corrupt, and never reads as "never ran"', (_what, text, place) => {
  const { code, message } = errorThrownBy(() => parse(text))

  expect(code).toBe('state-corrupt')
  expect(message).toContain(`at ${place}.`)
})

it('a document of a newer version asks for the newer app', () => {
  const newer = JSON.stringify({ version: documentVersion + 1, anything: 'else' })

  const { code, remedy } = errorThrownBy(() => parse(newer))

  expect(code).toBe('state-corrupt')
  expect(remedy).toContain('Deploy the newer version')
})
