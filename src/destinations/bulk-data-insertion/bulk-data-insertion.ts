import { TransportError } from '../../http/http-client'
import { createThrottle } from '../../http/throttle'
import { checkAnswer, lookupAnswer, sendAnswer } from './answers'
import { createCsvEncoder } from './csv-encoder'
import { idempotencyKey } from './idempotency-key'
import { multipartFile } from './multipart-file'
import { columnsFault } from './row-rules'
import { groupName } from './visitor-group'
import type { InputReference } from '../../inputs'
import type { Destination, DestinationContext, DestinationDefinition, OutgoingBatch } from '../destination'
import type { Answer } from './answers'
import type { Hit, HitColumn } from './hit'

export interface BulkDataInsertion<Column extends HitColumn> {
  readonly reportSuite: InputReference
  /** What `map` may set; the order is that of the file. */
  readonly columns: readonly Column[]
  /** Visitor groups: files of different groups travel at the same time. Default 1. */
  readonly groups?: number
  /** Adobe advises against `visitorID` on timestamped hits, and every row is one. Default false. */
  readonly allowVisitorId?: boolean
}

/** Adobe closes the connection itself after 60 s. */
const requestTimeoutMs = 60_000

/**
 * Adobe Analytics, Bulk Data Insertion API: gzip CSV files of timestamped hits.
 * @see https://developer.adobe.com/analytics-collection-apis/methods/bulk-data-insertion/
 * @throws RangeError where the columns cannot make a valid row
 */
export function bulkDataInsertion<Column extends HitColumn>(
  definition: BulkDataInsertion<Column>,
): DestinationDefinition<Hit<Column>> {
  const { reportSuite, columns, groups = 1, allowVisitorId = false } = definition
  const fault = columnsFault(columns)
  if (fault) throw new RangeError(`bulkDataInsertion ${fault}.`)
  return {
    kind: 'bulk-data-insertion',
    inputs: [reportSuite],
    open: (context) => {
      const suite = context.inputs(reportSuite)
      return open(
        context,
        suite,
        groups,
        createCsvEncoder({ columns, reportSuite: suite, groups, allowVisitorId }),
      )
    },
  }
}

function open<Row>(
  context: DestinationContext,
  reportSuite: string,
  groups: number,
  encoder: ReturnType<typeof createCsvEncoder>,
): Destination<Row> {
  const { job, http, clock, pace, endpoints, identity } = context
  const base = `${endpoints.collection}/aa/collect/v1/events`
  const throttle = createThrottle({ intervalMs: pace.requestMs, clock })

  async function call(
    method: 'GET' | 'POST',
    path: string,
    batch: OutgoingBatch,
    signal: AbortSignal,
    withFile: boolean,
  ): Promise<Answer> {
    const authorization = await context.authorize()
    await throttle(signal)
    const file = withFile ? multipartFile(batch.fileName, batch.bytes) : null
    try {
      const response = await http({
        method,
        url: base + path,
        headers: {
          ...authorization.headers,
          accept: 'application/json',
          'x-adobe-vgid': batch.groupName,
          ...file?.headers,
          ...(path === '' ? { 'x-adobe-idempotency-key': batch.key } : {}),
        },
        ...(file ? { body: file.body } : {}),
        timeoutMs: requestTimeoutMs,
        signal,
      })
      if (response.status === 401) await authorization.drop()
      return response
    } catch (error) {
      if (error instanceof TransportError) return error
      throw error
    }
  }

  return {
    identity: { kind: 'bulk-data-insertion', baseUrl: endpoints.collection, ...identity, reportSuite },
    groups,
    grouping: `${groupName(reportSuite, job, 0, groups)} fnv-1a`,
    corrects: false,
    header: encoder.header,
    groupName: (group) => groupName(reportSuite, job, group, groups),
    encode: (hit) => encoder.encode(hit as Readonly<Record<string, unknown>>),
    key: (parts) => idempotencyKey(reportSuite, parts),
    restMs: (rows) => Math.max(pace.groupMs, (rows / pace.rowsPerSecond) * 1000),
    send: async (batch, signal) => sendAnswer(await call('POST', '', batch, signal, true), clock.now()),
    lookup: async (batch, signal) =>
      lookupAnswer(
        await call('GET', `/key/${encodeURIComponent(batch.key)}`, batch, signal, false),
        clock.now(),
      ),
    check: async (batch, signal) =>
      checkAnswer(await call('POST', '/validate', batch, signal, true), clock.now()),
  }
}
