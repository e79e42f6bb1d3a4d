import type { Refusal, Unknown } from './destination-answers'

/** A confirmed batch, or several that are checked together, long after they were sent. */
export interface ConfirmedBatch {
  readonly id: string
  /** Rows of all batches that are checked together. */
  readonly rows: number
  /** The marks by which its rows can be recognised, as its finished file named them; empty where there are none. */
  readonly markers: readonly string[]
  /** The receipts of an asynchronous destination for it. */
  readonly receipts: readonly string[]
  /** Least and greatest `order` of its rows. */
  readonly span: { readonly first: number; readonly last: number } | null
}

/** A likely cause why confirmed rows are missing: a stable code, explained in docs/errors.md. */
export interface ArrivalCause {
  readonly code: string
  readonly message: string
}

/** The evidence about one batch. */
export interface Evidence {
  readonly id: string
  /** `indication`: a number that also depends on other data, so it can contradict the arrival and never prove it. */
  readonly kind: 'proof' | 'indication'
  readonly rows: number
  /** The likely causes where fewer rows were found than were sent, the likeliest first. */
  readonly causes: readonly ArrivalCause[]
}

/** Evidence about the batches that could be checked; a batch without evidence stays unchanged. */
export interface ProofAnswer {
  readonly evidence: readonly Evidence[]
  /** The answer that ended the check early; null where every batch was checked. */
  readonly trouble: Refusal | Unknown | null
}

/** A report over a range of time. */
export interface ReportQuery {
  /** The target of the rows. */
  readonly target: string
  /** Half-open, ms since the epoch. */
  readonly from: number
  readonly to: number
  /** Breaks the metric down by the values of a variable; without one, the total alone is answered. */
  readonly dimension?: string
  readonly metric: string
  /** Counts from 0. */
  readonly page: number
}

export type ReportAnswer =
  | {
      readonly kind: 'report'
      readonly items: readonly { readonly value: string; readonly count: number }[]
      readonly total: number
      readonly isLastPage: boolean
    }
  | Refusal
  | Unknown

/** The tools of a check. Failures of the server and the network, and a lack of time, are answers, not exceptions. */
export interface ProofTools {
  /** One request for one page of a report. Paced. */
  report(query: ReportQuery): Promise<ReportAnswer>
  /** Resolves when another request may leave: await it before each that is not made by {@link report}. */
  pace(): Promise<void>
  /** Aborted when there is no time left for another request. */
  readonly signal: AbortSignal
}

/** The sums of a batch's rows, by metric, and the days that they belong to. */
export interface BatchSums {
  /** Midnights in the time zone of the target, written as if they were UTC; half-open, ms since the epoch. */
  readonly from: number
  readonly to: number
  readonly metrics: Readonly<Record<string, number>>
}

export type TotalsAnswer =
  { readonly kind: 'totals'; readonly totals: Readonly<Record<string, number>> } | Refusal | Unknown

/**
 * What reports show for the days of a batch, to be compared with what it adds: an indication, because all other data of
 * these days moves the totals as well.
 */
export interface ArrivalTotals {
  /** Null where reports show none of its metrics. */
  sums(file: Uint8Array): BatchSums | null
  /** The present totals of the same metrics and days. */
  read(sums: BatchSums, tools: Pick<ProofTools, 'report'>): Promise<TotalsAnswer>
}

/** Checks, hours later, whether confirmed rows are visible at the destination. The result never causes a resend. */
export interface ArrivalProof {
  /** A batch that is not visible this long after its confirmation, in ms, is missing. */
  readonly withinMs: number
  /** Bounded by `tools.signal`. @throws token errors */
  prove(batches: readonly ConfirmedBatch[], tools: ProofTools): Promise<ProofAnswer>
  /** Absent where totals say nothing about a batch. */
  readonly totals?: ArrivalTotals
}
