import * as z from 'zod'
import { instant } from '../../src/definition/cursors'
import { fullRefresh } from '../../src/definition/full-refresh'
import { incremental } from '../../src/definition/incremental'
import { bulkDataInsertion } from '../../src/destinations/bulk-data-insertion/bulk-data-insertion'
import { classifications } from '../../src/destinations/classifications/classifications'
import { input } from '../../src/inputs'
import type { Job } from '../../src/definition/job'
import type { Capability, Source, SourceDefinition } from '../../src/sources/source'

const million = 1_000_000
const hundredth = million / 100
const pageRows = 2_000
const start = Date.UTC(2026, 10, 1)

/** `first`: a million records. `second`: of a hundredth the content has changed; another hundredth is gone, or is new. */
export type Read = 'first' | 'second'

interface Ids {
  readonly count: number
  readonly isGone: (id: number) => boolean
}

/** Records in pages, in the order of their ids, as a source returns them that has all of them in its index. */
function numbers(record: (id: number) => object, { count, isGone }: Ids, capabilities: Capability[] = []) {
  const definition: SourceDefinition = {
    ...{ kind: 'numbers', version: 1, capabilities, paging: 'stable', bringsMore: false },
    ...{ inputs: [], faults: [] },
    open: (): Source => ({
      identity: 'numbers:',
      async *read({ signal }) {
        for (let first = 0; first < count; first += pageRows) {
          await new Promise((resolve) => setImmediate(resolve))
          signal.throwIfAborted()
          const ids = Array.from({ length: pageRows }, (_, index) => first + index)
          yield { records: ids.filter((id) => !isGone(id)).map(record) }
        }
      },
    }),
  }
  return definition
}

const editionOf = (id: number, read: Read) => (read === 'second' && id % 100 === 9 ? 'new' : 'old')

/** Metadata of products. @param onVanished `delete-key`: at the second read a hundredth is gone */
function products(read: Read, onVanished: 'keep' | 'delete-key'): Omit<Job, 'faults'> {
  const isGone = (id: number) => onVanished === 'delete-key' && read === 'second' && id % 100 === 99
  const product = (id: number) => ({
    ...{ id: `sku-${id}`, name: `Product ${id}, ${editionOf(id, read)} edition`, group: `Group ${id % 97}` },
  })
  return {
    name: 'products',
    source: numbers(product, { count: million, isGone }),
    sync: fullRefresh({ primaryKey: 'id', onChange: 'send', onVanished }),
    record: z.object({ id: z.string(), name: z.string(), group: z.string() }),
    map(raw) {
      const { id, name, group } = raw as ReturnType<typeof product>
      return { key: id, Name: name, Group: group }
    },
    destination: classifications({
      ...{ reportSuite: input('SUITE'), variable: 'eVar1', columns: ['Name', 'Group'] },
      // No key of it ever occurred: a smaller limit would make a plan of the commit.
      serverCallLimit: million,
    }),
  }
}

/** Orders within a lookback that covers all of them, so that each is remembered. At the second read some are new. */
function orders(read: Read): Omit<Job, 'faults'> {
  const order = (id: number) => ({
    ...{ id: `order-${id}`, at: new Date(start + id * 100).toISOString(), edition: editionOf(id, read) },
  })
  return {
    name: 'orders',
    source: numbers(order, { count: million + (read === 'second' ? hundredth : 0), isGone: () => false }, [
      'since',
    ]),
    sync: incremental({ cursor: instant('at'), primaryKey: 'id', lookback: { days: 2 } }),
    record: z.object({ id: z.string(), at: z.iso.datetime(), edition: z.string() }),
    map(raw) {
      const { id, at, edition } = raw as ReturnType<typeof order>
      return {
        timestamp: at,
        marketingCloudVisitorID: id.replace('order-', '').padStart(38, '1'),
        userAgent: 'orders/1.0',
        eVar1: edition,
        pageName: id,
      }
    },
    destination: bulkDataInsertion({
      ...{
        reportSuite: input('SUITE'),
        columns: ['timestamp', 'marketingCloudVisitorID', 'userAgent', 'eVar1', 'pageName'],
      },
    }),
  }
}

export const millionKeyJobs: Readonly<Record<string, ((read: Read) => Omit<Job, 'faults'>) | undefined>> = {
  keep: (read) => products(read, 'keep'),
  'delete-key': (read) => products(read, 'delete-key'),
  incremental: orders,
}
