import type { Refusal, Unknown } from './destination-answers'

/** The rows that a commit would send, summarised before it is durable. */
export interface CommitSummary {
  readonly rows: number
  readonly batches: number
  /** Upsert kinds: row keys of records that the deduplication index does not know, and an evenly drawn sample (at most 1,000). */
  readonly newKeys: { readonly count: number; readonly sample: readonly string[] }
  /** Least and greatest `order` of the rows; null where rows have no time. */
  readonly span: { readonly first: number; readonly last: number } | null
}

/** A reason why a person should see the commit before it is sent: a stable code, and a sentence with the figures. */
export interface Concern {
  readonly code: string
  readonly message: string
}

/** `notes` are shown with the plan. `serverCalls`: what the commit is expected to cost. */
export type ReviewAnswer =
  | {
      readonly kind: 'reviewed'
      readonly concerns: readonly Concern[]
      readonly notes: readonly string[]
      readonly cost?: { readonly serverCalls: number }
    }
  | Refusal
  | Unknown
