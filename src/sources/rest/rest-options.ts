import * as z from 'zod'
import { FieldPath, parseOptions } from '../../options'
import type { InputReference } from '../../inputs'
import type { Mistake } from '../../mistake'
import type { PaginatorDefinition } from '../paginators/paginator'
import type { Authentication } from '../../auth/oauth2'
import type { Capability, Paging } from '../source'

/** Query parameters that take the two ends of a slice. */
export interface RangeParams {
  readonly from: string
  readonly to: string
}

/** A filter that is not there. */
type None<Filter> = [Filter] extends [never] ? true : false

/**
 * A JSON API that is read by GET, page by page. `Since` and `Range` are `never` where the API has no such filter.
 */
export interface RestSource<
  Since extends string = string,
  Range extends RangeParams = RangeParams,
  ClientFilter extends boolean = boolean,
  P extends Paging = Paging,
> {
  /** Raise it when the meaning of the cursor changes. Default 1. */
  readonly version?: number
  /** Scheme, host and where the API begins, without user, query and fragment. */
  readonly baseUrl: InputReference
  /** Below the base URL, such as `/v1/orders`. */
  readonly path: string
  /** Fixed query parameters. Their values appear in state and errors: no secrets. */
  readonly query?: Readonly<Record<string, string>>
  /** The query parameter that takes the cursor to resume at, inclusive. Makes the source fit for `incremental`. */
  readonly sinceParam?: Since
  /**
   * The query parameters that take a slice, as ISO 8601 instants in UTC: its beginning, inclusive, and its end,
   * exclusive. Makes the source fit for `sliced`.
   */
  readonly rangeParams?: Range
  /**
   * True where the API returns more than the range: its end is inclusive, or it knows whole days only. Records outside are then dropped and counted; otherwise such a record is an error.
   */
  readonly inclusiveEnds?: None<Range> extends true
    ? Mistake<'inclusiveEnds has no effect without rangeParams.'>
    : boolean
  /**
   * True where the API has no filter: everything is read at each run and slice; records outside are dropped and
   * counted. Makes the source fit for `incremental` and `sliced`.
   */
  readonly clientFilter?: ClientFilter &
    (None<Since | Range> extends true
      ? unknown
      : Mistake<'clientFilter has no effect beside sinceParam or rangeParams: the API filters.'>)
  /** Where the records are in the body, such as `data`; '' where the body is the list. */
  readonly records: string
  /** How the API asks for the next page. Default: there is one page. */
  readonly paginator?: PaginatorDefinition<P>
  /** How the API knows who asks. Default: it does not. */
  readonly authentication?: Authentication
}

/** The capabilities of an API with these filters. */
export type CapabilityOf<Since, Range, ClientFilter extends boolean> =
  | (None<Since> extends true ? never : 'since')
  | (None<Range> extends true ? never : 'range')
  | (true extends ClientFilter ? 'since' | 'range' : never)

const param = z.string('must be a text').min(1, 'must not be empty')
/** A part that is made by a function of its own. */
const made = (example: string) =>
  z.custom<object>(
    (value) => typeof value === 'object' && value !== null && 'open' in value && 'faults' in value,
    `must be made by a function such as ${example}`,
  )

const Options = z.strictObject({
  version: z.int('must be a whole number').optional(),
  baseUrl: z.object({ kind: z.string(), name: z.string() }, 'must be input(…)'),
  path: z
    .string('must be a path')
    .regex(/^(?:\/[^?#\s]*)?$/, 'must be a path such as /v1/orders, without query'),
  query: z.record(z.string(), z.string('must be a text')).optional(),
  sinceParam: param.optional(),
  rangeParams: z.strictObject({ from: param, to: param }).optional(),
  inclusiveEnds: z.boolean('must be true or false').optional(),
  clientFilter: z.boolean('must be true or false').optional(),
  records: z.literal('').or(FieldPath),
  paginator: made('nextToken(…)').optional(),
  authentication: made('clientCredentials(…)').optional(),
})

/** The compiler's rules once more, for JavaScript and dynamic values. */
export function restFaults(given: RestSource): string[] {
  const { options, faults } = parseOptions('restSource', Options, given)
  if (!options) return [...faults]
  const { query = {}, sinceParam, rangeParams, inclusiveEnds, clientFilter } = options
  const filters = [sinceParam, rangeParams?.from, rangeParams?.to].filter((name) => name !== undefined)
  const names = [...Object.keys(query), ...filters, ...Object.keys(given.paginator?.open().first ?? {})]
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  return [
    twice === undefined ? null : `restSource: the query parameter "${twice}" is set twice`,
    inclusiveEnds && rangeParams === undefined
      ? 'restSource: "inclusiveEnds" has no effect without "rangeParams"'
      : null,
    clientFilter && filters.length > 0
      ? 'restSource: "clientFilter" has no effect beside "sinceParam" or "rangeParams"'
      : null,
    ...(given.paginator?.faults ?? []),
    ...(given.authentication?.faults ?? []),
  ].filter((fault) => fault !== null)
}

/** @see CapabilityOf */
export function capabilitiesOf({ sinceParam, rangeParams, clientFilter }: RestSource): Capability[] {
  const since = sinceParam !== undefined || clientFilter === true
  const range = rangeParams !== undefined || clientFilter === true
  return [...(since ? (['since'] as const) : []), ...(range ? (['range'] as const) : [])]
}
