import { classifications } from '../../../../src/destinations/classifications/classifications'
import { input } from '../../../../src/inputs'
import { unusedContext, unusedUrl } from '../../../fixtures/destination-context'
import { errorOf } from '../../../fixtures/error-of'
import { virtualClock } from '../../../fixtures/virtual-clock'
import type { DestinationContext } from '../../../../src/destinations/destination'

function define(change: object = {}) {
  return classifications({ reportSuite: input('SUITE'), variable: 'eVar1', columns: ['Name'], ...change })
}

function context(settings: unknown = {}, inputs: object = {}): DestinationContext {
  return unusedContext({ SUITE: 'suite', SET: 'set1', ...inputs }, { settings, clock: virtualClock() })
}

it('a definition without faults opens, for suite and variable', () => {
  const definition = define()

  expect(definition.faults).toEqual([])
  expect(definition.inputs.map(({ name }) => name)).toEqual(['ANALYTICS_COMPANY_ID', 'SUITE'])
  expect(definition.open(context()).identity).toEqual({
    kind: 'classifications',
    address: unusedUrl,
    account: 'client of org@AdobeOrg',
    target: 'suite eVar1',
  })
})

it('a definition with a set names that input and sends to that set', () => {
  const definition = define({ dataset: input('SET') })

  expect(definition.inputs.map(({ name }) => name)).toContain('SET')
  expect(definition.open(context()).identity.target).toBe('suite eVar1 set1')
})

it.each(['ann@example.com', '+49 30 901820'])(
  'the key "%s" is personal data, which a job must allow',
  (key) => {
    const encode = (change: object) => define(change).open(context()).format.encode({ key, Name: 'Ann' })

    expect(encode({})).toMatchObject({ kind: 'reject', code: 'personal-data', path: 'key' })
    expect(encode({ allowPersonalKeys: true })).toMatchObject({ kind: 'row' })
  },
)

it.each<[string, object, RegExp]>([
  ['a variable that Adobe does not know', { variable: 'eVar251' }, /"eVar251" is unknown/],
  ['a variable in another case', { variable: 'evar1' }, /"evar1" is unknown/],
  ['no column', { columns: [] }, /no column/],
  ['a column twice', { columns: ['Name', 'Name'] }, /"Name" is listed twice/],
  ['a column named as the key', { columns: ['key'] }, /"key" is the key itself/],
  ['a column with a space at its end', { columns: ['Name '] }, /begins or ends with a space/],
  ['an unknown policy for empty texts', { emptyMeans: 'blank' }, /emptyMeans is "blank"/],
])('a definition with %s names that fault instead of throwing', (_what, change, fault) => {
  expect(define(change).faults.join(' ')).toMatch(fault)
})

it('a job without the company id is refused by the name of the input', async () => {
  const open = () => define().open(context({}, { ANALYTICS_COMPANY_ID: '' }))

  const error = await errorOf(Promise.resolve().then(open))

  expect(error).toMatchObject({ code: 'input-missing', details: { input: 'ANALYTICS_COMPANY_ID' } })
})

it.each([
  ['a batch that Adobe would find too large', { classificationBytes: 50_000_000 }, 'classificationBytes'],
  ['a spelling of the path that does not exist', { classificationPath: 'set' }, 'classificationPath'],
])('a setting with %s is refused by its name', async (_what, settings, name) => {
  const error = await errorOf(Promise.resolve().then(() => define().open(context(settings))))

  expect(error).toMatchObject({ code: 'input-invalid' })
  expect(error.message).toContain(name)
})

it('settings override sizes and times', () => {
  const settings = {
    ...{ classificationRows: 7, classificationBytes: 8, classificationRequestMs: 9 },
    ...{ classificationUnderWay: 2, classificationSettleMs: 10 },
  }

  const { limits, delivery } = define().open(context(settings))

  expect(limits).toMatchObject({ batchRows: 7, batchTextBytes: 8, requestIntervalMs: 9, underWay: 2 })
  expect(delivery).toEqual({ kind: 'upsert', settleMs: 10 })
})
