import type { InputReference } from '../../inputs'
import type { Mistake } from '../../mistake'
import type { RequestBudget } from '../../http/request-budget'
import type { SourceAuthentication } from '../authentication/open-authentication'
import type { Decoder } from '../decoders/decoder'
import type { PaginatorDefinition } from '../paginators/paginator'
import type { Capability, Paging } from '../source'
import type { AnswerRule } from './answer-rules'
import type { InstantFormat } from './instant-format'
import type { Param } from './place'
import type { RequestBody } from './request-body'

/** What takes the two ends of a slice. */
export interface RangeParams {
  readonly from: Param
  readonly to: Param
}

/** The page size, and how far it may shrink. */
export interface PageSize {
  readonly param: Param
  /** Records in a page. */
  readonly size: number
  /** A page that is too large is asked for again with half the size, down to this. Default 1. */
  readonly least?: number
}

/** Limits of one page. */
export interface PageLimits {
  /** From the request to the last byte of the answer. Default 30. */
  readonly requestSeconds?: number
  /** All attempts at a page, with the waits that the server asks for. Default 55. */
  readonly pageSeconds?: number
  /** The decoded body. Default 16. */
  readonly pageMegabytes?: number
}

/** A filter that is not there. */
type None<Filter> = [Filter] extends [never] ? true : false

/**
 * An HTTP API that is read page by page. `Since` and `Range` are `never` where the API has no such filter.
 */
export interface RestSource<
  Since extends Param = Param,
  Range extends RangeParams = RangeParams,
  ClientFilter extends boolean = boolean,
  P extends Paging = Paging,
> {
  /** Raise it when the meaning of the cursor changes. Default 1. */
  readonly version?: number
  /** Scheme, host and the base path of the API, without user, query and fragment. */
  readonly baseUrl: InputReference
  /** Below the base URL, such as `/v1/orders`, with a `{placeholder}` for each value that goes into it. */
  readonly path: string
  /** Fixed query parameters. Their values appear in state and errors: no secrets. */
  readonly query?: Readonly<Record<string, string>>
  /** Fixed headers. Credentials belong to `authentication`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Makes each request a POST: `jsonBody(…)`, `formBody(…)` or `graphql(…)`. */
  readonly body?: RequestBody
  /**
   * What takes the cursor to resume at, inclusive: a query parameter, or a place such as `inBody('since')`. Enables
   * `incremental`.
   */
  readonly sinceParam?: Since
  /** How the cursor is written, where it is an instant. Default: as the records write it. */
  readonly sinceFormat?: None<Since> extends true
    ? Mistake<'sinceFormat has no effect without sinceParam.'>
    : InstantFormat
  /** What to ask for while there is no cursor. Default: the parameter is left out. */
  readonly sinceStart?: None<Since> extends true
    ? Mistake<'sinceStart has no effect without sinceParam.'>
    : string
  /**
   * What takes a slice: its beginning, inclusive, and its end, exclusive. Enables `sliced`.
   */
  readonly rangeParams?: Range
  /** How the ends of a slice are written. Default `iso`, in UTC. */
  readonly rangeFormat?: None<Range> extends true
    ? Mistake<'rangeFormat has no effect without rangeParams.'>
    : InstantFormat
  /**
   * True where the API returns more than the range: its end is inclusive, or it knows whole days only. Records outside are then dropped and counted; otherwise such a record is an error.
   */
  readonly inclusiveEnds?: None<Range> extends true
    ? Mistake<'inclusiveEnds has no effect without rangeParams.'>
    : boolean
  /**
   * True where the API has no filter: everything is read at each run and slice; records outside are dropped and
   * counted. Enables `incremental` and `sliced`.
   */
  readonly clientFilter?: ClientFilter &
    (None<Since | Range> extends true
      ? unknown
      : Mistake<'clientFilter has no effect beside sinceParam or rangeParams: the API filters.'>)
  /** Where the records are in a JSON body, such as `data`; '' where the body is the list. */
  readonly records?: string
  /** The format of the body, instead of `records`. */
  readonly decoder?: Decoder
  /** How the API asks for the next page. Default: there is one page. */
  readonly paginator?: PaginatorDefinition<P>
  /** The size of a page. It shrinks where a page is too large. */
  readonly pageSize?: PageSize
  /** How requests authenticate. Default: they do not. */
  readonly authentication?: SourceAuthentication
  /** What to do with answers that HTTP alone does not explain. The first rule that matches decides. */
  readonly answers?: readonly AnswerRule[]
  /** The most requests that this source sends in any window of time. Default: no limit of its own. */
  readonly budget?: RequestBudget
  readonly limits?: PageLimits
}

/** The capabilities of an API with these filters. */
export type CapabilityOf<Since, Range, ClientFilter extends boolean> =
  | (None<Since> extends true ? never : 'since')
  | (None<Range> extends true ? never : 'range')
  | (true extends ClientFilter ? 'since' | 'range' : never)

/** @see CapabilityOf */
export function capabilitiesOf({ sinceParam, rangeParams, clientFilter }: RestSource): Capability[] {
  const since = sinceParam !== undefined || clientFilter === true
  const range = rangeParams !== undefined || clientFilter === true
  return [...(since ? (['since'] as const) : []), ...(range ? (['range'] as const) : [])]
}
