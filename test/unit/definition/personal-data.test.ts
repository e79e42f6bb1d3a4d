import * as z from 'zod'
import { withMapInputs } from '../../../src/definition/map-inputs'
import { hashed, redacted } from '../../../src/definition/personal-data'
import { inputsFrom, secret } from '../../../src/inputs'
import { hasConsent } from '../../../src/pipeline/extraction/consent'
import { engineWorld, jobOf, minute, rowOf } from '../../fixtures/engine-world'
import type { Event } from '../../fixtures/engine-world'

describe('hashed', () => {
  it('is HMAC-SHA-256 in hex, as RFC 4231 has it', () => {
    expect(hashed('what do ya want for nothing?', { salt: 'Jefe' })).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })

  it('gives another pseudonym for another salt, and leaves an empty value empty', () => {
    expect(hashed('a', { salt: 'salt-1' })).not.toBe(hashed('a', { salt: 'salt-2' }))
    expect(hashed('', { salt: 'salt-1' })).toBe('')
  })
})

it('redacted keeps the rest of a text', () => {
  expect(redacted('Call +49 151 12345678 or jane@example.com!')).toBe('Call [redacted] or [redacted]!')
})

describe('the inputs of a job', () => {
  const jobWith = (inputs: Record<string, ReturnType<typeof secret>>) => jobOf(engineWorld(), { inputs })

  it('reach its map by their names, with secrets learnt', () => {
    const learnt: string[] = []
    const job = {
      ...jobWith({ salt: secret('SALT') }),
      map: (record: unknown, inputs: unknown) => [record, inputs],
    }
    const inputs = inputsFrom({ SALT: 'canary-salt' }, (value) => learnt.push(value))

    expect(withMapInputs(job, inputs).map(1)).toEqual([1, { salt: 'canary-salt' }])
    expect(learnt).toEqual(['canary-salt'])
  })

  it('are required where they are named', () => {
    expect(() => withMapInputs(jobWith({ salt: secret('SALT') }), inputsFrom({}))).toThrow(
      expect.objectContaining({ code: 'input-missing' }) as Error,
    )
  })

  it('have names that the manifest can carry', () => {
    expect(jobWith({ salt: secret('salt') }).faults).toEqual([
      'input: "salt" must be upper case, such as ORDERS_API_BASE_URL',
    ])
  })
})

describe('the consent of a record', () => {
  const rule = { field: 'consent.analytics', granted: [true, 'yes'] }

  it.each([
    [{ consent: { analytics: true } }, true],
    [{ consent: { analytics: 'yes' } }, true],
    [{ consent: { analytics: 'true' } }, false],
    [{ consent: { analytics: 1 } }, false],
    [{ consent: { analytics: null } }, false],
    [{ consent: {} }, false],
    [{}, false],
  ])('of %j is %p', (record, expected) => {
    expect(hasConsent(rule, record)).toBe(expected)
    expect(hasConsent(undefined, record)).toBe(true)
  })

  it('decides before map, and a record is sent once its consent is given', async () => {
    const world = engineWorld()
    const Consented = z.object({ id: z.string(), at: z.string(), granted: z.boolean() })
    const mapped: string[] = []
    const job = jobOf(world, {
      record: Consented,
      consent: { field: 'granted', granted: [true] },
      map: (event) => {
        mapped.push((event as Event).id)
        return rowOf(event as Event)
      },
    })
    const events = (granted: boolean) => [
      { id: 'a', at: minute(1), granted: true },
      { id: 'b', at: minute(2), granted },
    ]
    world.feed.records = events(false)
    expect(await world.run(job)).toMatchObject({ taken: 1, filtered: 1 })

    world.feed.records = events(true)
    expect(await world.run(job)).toMatchObject({ taken: 1, filtered: 0 })
    expect(mapped).toEqual(['a', 'b'])
    expect(world.hits()).toHaveLength(2)
  })

  it.each([
    [{ field: 'grnted', granted: [true] }, 'consent: the record has no field "grnted"'],
    [{ field: 'at', granted: [] }, 'job: "consent.granted" must name a value that means consent'],
    [{ field: 'at' }, 'job: "consent.granted" must be a list of values'],
  ])('is checked when the job is opened: %j', (consent, fault) => {
    expect(jobOf(engineWorld(), { consent: consent as never }).faults).toEqual([fault])
  })
})
