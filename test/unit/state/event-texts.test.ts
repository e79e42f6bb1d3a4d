import { sanitise, storedText } from '../../../src/state/event-texts'
import { errorThrownBy } from '../../fixtures/error-of'
import { storedReport } from '../../fixtures/stored-state'
import type { StateEvent } from '../../../src/state/events'

const secret = 's3cret-value'
const redact = (text: string) => text.replaceAll(secret, '[redacted]')

const texts: readonly StateEvent[] = [
  { type: 'in-doubt', at: 1, id: 'b', partition: 'p', notBefore: 1, barrier: 0, message: `got ${secret}` },
  { type: 'returned-to-staged', id: 'b', partition: 'p', notBefore: 1, reason: `got ${secret}` },
  { type: 'retry-scheduled', id: 'b', message: `got ${secret}` },
  { type: 'held', id: 'b', hold: { code: 'rejected', message: `got ${secret}`, since: 1 }, invalidRows: 0 },
  {
    type: 'command-accepted',
    at: 1,
    content: `{"resolve":"${secret}"}`,
    note: `got ${secret}`,
    rememberedFrom: 0,
    effect: { kind: 'regrouping-waived' },
  },
  {
    type: 'run-ended',
    at: 1,
    progressed: true,
    exhausted: true,
    reportsKept: 1,
    report: storedReport({
      notes: [`got ${secret}`],
      error: { code: 'unexpected', message: `got ${secret}`, remedy: `mend ${secret}` },
      held: [{ batch: 'b', partition: 'p', rows: 1, code: 'rejected', message: secret, choices: [secret] }],
    }),
  },
]

it.each(texts)('texts of $type lose their secrets', (event) => {
  const clean = JSON.stringify(sanitise(event, redact))

  expect(clean).not.toContain(secret)
  expect(clean).toContain('[redacted]')
})

it('all other members of an event stay unchanged', () => {
  const event: StateEvent = { type: 'removed', id: `id with ${secret}` }

  expect(sanitise(event, redact)).toEqual(event)
})

it.each([
  ['cursor', { kind: 'definition-continued', cursor: { at: 'x', since: `token=${secret}` } }],
  ['floor', { kind: 'definition-continued', floor: { at: secret, since: '' } }],
] as const)(
  'a %s that carries a secret is an error: a redacted one would be another place',
  (_what, effect) => {
    const event = { type: 'command-accepted', content: '', note: '', effect } as unknown as StateEvent

    expect(() => sanitise(event, redact)).toThrow('contains the value of a secret')
  },
)

it('a receipt that carries a secret is an error', () => {
  const event: StateEvent = {
    type: 'accepted',
    at: 1,
    id: 'b',
    partition: 'p',
    receipt: secret,
    notBefore: 1,
  }

  expect(errorThrownBy(() => sanitise(event, redact))).toMatchObject({ code: 'secret-in-state' })
})

it('a long text is cut after its secrets were taken out, and cutting it again changes nothing', () => {
  const text = storedText(`${'x'.repeat(995)}${secret}${'y'.repeat(100)}`, redact)

  expect(text).toHaveLength(1_000)
  expect(text).toMatch(/x\[red…$/)
  expect(storedText(text, redact)).toBe(text)
})
