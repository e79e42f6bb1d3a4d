import type { Refusal, Unknown } from './destination-answers'

/** A confirmed batch, or several that are asked for together, long after it was sent. */
export interface ConfirmedBatch {
  readonly id: string
  /** Of all that are asked for together. */
  readonly rows: number
  /** What its rows can be recognised by, as its finished file said; empty where there is nothing. */
  readonly markers: readonly string[]
  /** What an asynchronous destination handed out for it. */
  readonly receipts: readonly string[]
  /** Least and greatest `order` of its rows. */
  readonly span: { readonly first: number; readonly last: number } | null
}

/** Why rows that were confirmed may not be there: a stable code, explained in docs/errors.md. */
export interface ArrivalCause {
  readonly code: string
  readonly message: string
}

/** What was found of one batch. */
export interface Evidence {
  readonly id: string
  /** `indication`: a number that other data moves too, so that it can contradict the arrival and never prove it. */
  readonly kind: 'proof' | 'indication'
  readonly rows: number
  /** Where fewer rows were found than were sent, the likely ones first. */
  readonly causes: readonly ArrivalCause[]
}

/** Evidence of the batches that could be asked for, in one answer or many; a batch without any stays as it is. */
export interface ProofAnswer {
  readonly evidence: readonly Evidence[]
  /** What ended the questions early; null where every batch was asked for. */
  readonly trouble: Refusal | Unknown | null
}

/** A report over a range of time. */
export interface ReportQuery {
  /** What the rows landed in. */
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

/** What a destination asks with. Neither throws for what a server, the network or a lack of time does. */
export interface ProofTools {
  /** One request for one page of a report. Paced. */
  report(query: ReportQuery): Promise<ReportAnswer>
  /** Resolves when another request may leave: await it before each that is not made by {@link report}. */
  pace(): Promise<void>
  /** Aborted when there is no time left for another request. */
  readonly signal: AbortSignal
}

/** How a destination is asked, hours later, whether confirmed rows can be seen. The answer never causes a resend. */
export interface ArrivalProof {
  /** A batch that was not seen this long after its confirmation, in ms, is missing. */
  readonly withinMs: number
  /** Bounded by `tools.signal`. @throws token errors */
  prove(batches: readonly ConfirmedBatch[], tools: ProofTools): Promise<ProofAnswer>
}
