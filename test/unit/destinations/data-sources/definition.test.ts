import { dataSources } from '../../../../src/destinations/data-sources/data-sources'
import { input } from '../../../../src/inputs'
import { unusedContext } from '../../../fixtures/destination-context'
import type { DestinationDefinition } from '../../../../src/destinations/destination'

const base = { reportSuite: input('SUITE'), account: 'Ad costs', timeZone: 'UTC' }
const columns = ['Tracking Code', 'Event 1'] as const

/** A definition as JavaScript, or a value that the compiler cannot see, would have it. */
function defined(change: object): DestinationDefinition {
  return dataSources({ ...base, kind: 'summary', columns, ...change })
}

describe('the definition of a Data Sources destination', () => {
  it.each([
    [{}, []],
    [{ kind: 'transaction-id', columns: ['Price'], negatives: ['Price'] }, []],
    [{ repeats: 'sum', columns: ['Evar 250', 'Event 1000'] }, []],
    [{ kind: 'full' }, ['dataSources: "kind" must be "summary" or "transaction-id".']],
    [{ account: '' }, ['dataSources: "account" must be the id or the name of a data source.']],
    [{ timeZone: 'Berlin' }, ['dataSources: "timeZone" must be an IANA time zone; "Berlin" is none.']],
    [
      { columns: ['eVar1', 'Evar 0', 'Evar 251', 'Event 1001', 'prop1', ...columns] },
      ['eVar1', 'Evar 0', 'Evar 251', 'Event 1001', 'prop1'].map(
        (name) => `dataSources: Adobe knows no column "${name}" in Data Sources.`,
      ),
    ],
    [{ columns: [...columns, 'Event 1'] }, ['dataSources: The column "Event 1" is listed twice.']],
    [{ columns: ['Tracking Code'] }, ['dataSources: "columns" needs a metric, such as "Event 1".']],
    [{ columns: ['Event 1'] }, ['dataSources: "columns" needs a dimension, such as "Tracking Code".']],
    [
      { negatives: ['Event 2', 'Tracking Code'] },
      ['Event 2', 'Tracking Code'].map(
        (name) => `dataSources: "negatives" lists "${name}", which is no metric among the columns.`,
      ),
    ],
    [{ allowPersonalData: ['Tracking Code'] }, []],
    [
      { allowPersonalData: ['Evar 1', 'Event 1'] },
      ['Evar 1', 'Event 1'].map(
        (name) =>
          `dataSources: "allowPersonalData" lists "${name}", which is no dimension among the columns.`,
      ),
    ],
    [{ repeats: 'add' }, ['dataSources: "repeats" must be "reject" or "sum".']],
    [
      { kind: 'transaction-id', repeats: 'sum' },
      ['dataSources: "repeats" has no effect on transactions: their rows are never put together.'],
    ],
  ])('%j has the faults %j', (change, faults) => {
    expect(defined(change).faults).toEqual(faults)
  })

  it('names its inputs: the account is one where it is not named by the job itself', () => {
    const namesOf = (change: object) => defined(change).inputs.map(({ name }) => name)
    expect(namesOf({})).toEqual(['ANALYTICS_COMPANY_ID', 'SUITE'])
    expect(namesOf({ account: input('ACCOUNT') })).toEqual(['ANALYTICS_COMPANY_ID', 'SUITE', 'ACCOUNT'])
  })
})

describe('a Data Sources destination', () => {
  const open = (values: Readonly<Record<string, string>> = {}, settings: object = {}) =>
    defined({}).open(unusedContext({ SUITE: 'suite', ...values }, { settings }))

  it('writes to one report suite: several, or a name, are an error of the input', () => {
    expect(() => open({ SUITE: 'one,two' })).toThrow('SUITE names several report suites: "one,two".')
    expect(() => open({ SUITE: 'My Suite' })).toThrow('SUITE is not a report suite id: "My Suite"')
  })

  it('names its files by the facts that identify a batch, and by no other', () => {
    const { delivery } = open()
    const parts = {
      ...{
        job: 'ad-costs',
        partition: 'p',
        batch: 'slice-1/0-0',
        generation: 0,
        contentSha256: 'a'.repeat(64),
      },
    }
    const nameOf = (change: object = {}) =>
      delivery.kind === 'named' ? delivery.name({ ...parts, ...change }) : ''
    const others = [{ batch: 'slice-1/0-1' }, { generation: 1 }, { contentSha256: 'b' }, { partition: 'q' }]

    expect(nameOf()).toMatch(/^ad-costs-[0-9a-f]{32}\.txt$/)
    expect(nameOf()).toBe(nameOf())
    expect(new Set([nameOf(), ...others.map(nameOf)]).size).toBe(1 + others.length)
  })

  it('keeps the documented limits unless they are overridden', () => {
    expect(open().limits).toMatchObject({ requestIntervalMs: 500, batchStoredBytes: 10_000_000 })
    expect(open({}, { dataSourceRequestMs: 7 }).limits.requestIntervalMs).toBe(7)
    expect(() => open({}, { dataSourceFileDays: 0 })).toThrow('DELIVERY_SETTINGS: dataSourceFileDays')
  })

  it('explains a hold with the known facts only', () => {
    const explain = (code: string) => open().explain?.({ code })
    expect(explain('ingested-in-part')?.known).toContain(
      'Adobe says how many rows it processed and not which',
    )
    expect(explain('found-twice')?.known).toContain('several jobs with its file name')
    expect(explain('key-collision')).toBeNull()
  })
})
