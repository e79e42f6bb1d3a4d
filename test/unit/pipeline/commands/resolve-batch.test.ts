import { resolveBatch } from '../../../../src/pipeline/commands/resolve-batch'
import { Hold } from '../../../../src/state/outbox-entry'
import { errorThrownBy } from '../../../fixtures/error-of'
import { destinationWith, jobWith } from '../../../fixtures/run-dependencies'
import { batchIn, storedDocument } from '../../../fixtures/stored-state'
import type { Destination } from '../../../../src/destinations/destination'
import type { Resolution } from '../../../../src/pipeline/run-context'
import type { OutboxEntry } from '../../../../src/state/outbox-entry'

const here = destinationWith()
const elsewhere = destinationWith({ identity: { ...here.identity, account: 'you' } })

function resolve(entry: OutboxEntry, as: Resolution, destination: Destination = here, id = entry.id) {
  const document = storedDocument({ outbox: [entry], identities: [here.identity] })
  return resolveBatch(jobWith(), destination, document, id, as)
}

function refusal(...given: Parameters<typeof resolve>) {
  const { code, message, remedy } = errorThrownBy(() => resolve(...given))
  expect(code).toBe('params-invalid')
  return `${message} ${remedy}`
}

function heldFor(code: Hold['code']) {
  return batchIn('held', { hold: { code, message: 'm', since: 1 } })
}

it.each(['sent', 'drop'] as const)('as=%s settles a held batch, and the note has the consequence', (as) => {
  const { note, effect } = resolve(heldFor('too-old-to-ask'), as)

  expect(effect).toEqual({ kind: 'batch-settled', id: 'batch-1' })
  expect(note).toContain(as === 'sent' ? 'count as arrived' : 'are left out')
})

it('as=resend gives a held batch a new id, of a new generation', () => {
  const { note, effect } = resolve(heldFor('rejected'), 'resend')

  expect(effect).toEqual({
    kind: 'batch-resent',
    id: 'batch-1',
    newId: 'key commit-1/p-0 1',
    generation: 1,
  })
  expect(note).toContain('key commit-1/p-0 1')
})

it.each(['invalid-rows', 'ingested-in-part', 'found-twice'] as const)(
  'a batch held for %s is never sent again: rows of it are stored',
  (code) => {
    expect(refusal(heldFor(code), 'resend')).toMatch(
      /cannot be resolved as resend\. Allowed: as=sent, as=drop\./,
    )
  },
)

it.each(Hold.shape.code.options)('a batch held for %s has an exit', (code) => {
  const exits = (['sent', 'resend', 'drop'] as const).filter((as) => {
    try {
      return resolve(heldFor(code), as).note !== ''
    } catch {
      return false
    }
  })

  expect(exits.length).toBeGreaterThan(0)
})

it.each(['in-doubt', 'accepted', 'sending'] as const)(
  'a batch that is %s at the former destination is decided by a person',
  (state) => {
    expect(resolve(batchIn(state), 'sent', elsewhere).effect).toEqual({
      kind: 'batch-settled',
      id: 'batch-1',
    })
    expect(resolve(batchIn(state), 'resend', elsewhere).effect.kind).toBe('batch-resent')
  },
)

it.each(['staged', 'sending', 'in-doubt', 'accepted', 'confirmed'] as const)(
  'a batch that is %s and waits for nobody is left alone',
  (state) => {
    expect(
      refusal(batchIn(state), 'drop', destinationWith({ poll: () => Promise.reject(new RangeError()) })),
    ).toContain('No batch is held')
  },
)

it('an id that waits for no decision is refused with the ids that do', () => {
  expect(refusal(heldFor('rejected'), 'drop', here, 'batch-9')).toContain('These wait: batch-1.')
})

it('a batch cannot be continued', () => {
  expect(refusal(heldFor('rejected'), 'continue')).toContain('cannot be resolved as continue')
})
