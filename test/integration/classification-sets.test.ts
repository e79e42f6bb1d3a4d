import { startAnalytics } from '../../emulators/analytics/analytics'
import { classifications } from '../../src/destinations/classifications/classifications'
import { input } from '../../src/inputs'
import { destinationContext } from '../fixtures/destination-context'
import { errorOf } from '../fixtures/error-of'
import type { AnalyticsEmulator } from '../../emulators/analytics/analytics'
import type { PrepareAnswer } from '../../src/destinations/destination'

let analytics: AnalyticsEmulator
beforeEach(async () => {
  analytics = await startAnalytics({ verifyToken: () => ({ client_id: 'client' }) })
})
afterEach(() => analytics.stop())

const evar1 = { rsid: 'suite', dimension: 'variables/evar1' }

function addSet(columns: readonly string[] = ['Name'], subscriptions = [evar1], name = 'Names'): string {
  return analytics.classifications.add({ columns, subscriptions, name })
}

const { signal } = new AbortController()

/** Prepares one row for the set that is found. */
async function prepare({
  set,
  suite = 'suite',
  settings = {},
}: {
  readonly set?: string
  readonly suite?: string
  readonly settings?: object
} = {}): Promise<PrepareAnswer> {
  const definition = classifications({
    ...{ reportSuite: input('SUITE'), variable: 'eVar1', columns: ['Name'] },
    ...(set === undefined ? {} : { dataset: input('SET') }),
  })
  const destination = definition.open(
    destinationContext(analytics.url, { SUITE: suite, SET: set ?? '' }, { settings }),
  )
  const file = destination.format.open('0123456789ab')
  file.append('{"key":"K","data":{"Name":"x"}}\n')
  const { bytes } = await file.finish()
  const batch = { id: 'id', partition: 'p', fileName: 'f.json.gz', rows: 1, bytes }
  const answer = await destination.prepare?.(batch, signal)
  if (!answer) throw new RangeError('nothing to prepare')
  return answer
}

it('finds the one set of suite and variable among those of others', async () => {
  addSet(['Name'], [{ rsid: 'suite', dimension: 'variables/evar2' }])
  addSet(['Name'], [{ rsid: 'other', dimension: 'variables/evar1' }])
  const set = addSet()

  expect(await prepare()).toEqual({ kind: 'prepared', handle: `json ${set}` })
})

it('takes the set that the job names, where there are several', async () => {
  addSet()
  const set = addSet()

  expect(await prepare({ set })).toEqual({ kind: 'prepared', handle: `json ${set}` })
})

it('several sets are an error that lists the choices with name and id', async () => {
  const ids = [addSet(['Name'], [evar1], 'Old names'), addSet(['Name'], [evar1], 'New names')]

  const error = await errorOf(prepare())

  expect(error).toMatchObject({ code: 'target-unresolved' })
  expect(error.message).toContain(`"Old names" (${ids[0] ?? ''}), "New names" (${ids[1] ?? ''})`)
})

it.each<[string, () => Promise<unknown>, RegExp]>([
  [
    'no set',
    () => (addSet(['Name'], [{ ...evar1, dimension: 'variables/prop1' }]), prepare()),
    /No classification set is subscribed to eVar1 of the report suite suite/,
  ],
  [
    'an unknown suite',
    () => prepare({ suite: 'nowhere' }),
    /no classification sets for the report suite "nowhere"/,
  ],
  ['an unknown id of a set', () => prepare({ set: 'abc' }), /no classification set with the id "abc"/],
  [
    'a set that suite and variable are not subscribed to',
    () => prepare({ set: addSet(['Name'], [{ ...evar1, rsid: 'other' }]) }),
    /not subscribed to eVar1 of the report suite suite/,
  ],
  [
    'a set without the column, also where only its case differs',
    () => (addSet(['name', 'Note']), prepare()),
    /has no column "Name"; it has "name", "Note"/,
  ],
])('%s is an error before anything is sent', async (_what, act, message) => {
  const error = await errorOf(act())

  expect(error).toMatchObject({ code: 'target-unresolved' })
  expect(error.message).toMatch(message)
  expect(analytics.requests.filter(({ method }) => method === 'POST')).toEqual([])
})

it.each(['classifications', 'classification'] as const)(
  'the path is spelt "%s" where the settings say so, and the other is an error that names the setting',
  async (spelling) => {
    const set = addSet()
    analytics.classifications.knobs.spelling = spelling
    const other = spelling === 'classification' ? 'classifications' : 'classification'

    const right = await prepare({ settings: { classificationPath: spelling } })
    const wrong = await errorOf(prepare({ settings: { classificationPath: other } }))

    expect(right).toEqual({ kind: 'prepared', handle: `json ${set}` })
    expect(wrong.code).toBe('target-unresolved')
    expect(wrong.remedy).toContain('classificationPath')
  },
)

it.each<[string, number, object, object]>([
  ['a token', 401, { errorCode: 'invalid_token' }, { kind: 'unauthorized' }],
  [
    'the account',
    403,
    { errorCode: 'insufficient_access', errorDescription: 'User does not have classification permission' },
    { kind: 'not-permitted' },
  ],
  ['too many requests', 429, { error_code: '429050' }, { kind: 'throttled', retryAfterMs: null }],
  ['an outage', 500, {}, { kind: 'unknown' }],
])('a discovery that meets the refusal of %s is asked again', async (_what, status, body, expected) => {
  const set = addSet()
  analytics.once({ kind: 'reply', reply: { status, body } })

  expect(await prepare()).toMatchObject(expected)
  expect(await prepare()).toEqual({ kind: 'prepared', handle: `json ${set}` })
})
