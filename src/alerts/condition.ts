import * as z from 'zod'

/** Everything that deserves an alert. docs/operations.md explains each. */
export const ConditionKind = z.enum([
  'failed',
  'held',
  'approval',
  'late',
  'rejects',
  'all-rejected',
  'arrival-missing',
  'arrival-unchecked',
  'silent',
  'definition-invalid',
  'state-unreadable',
  'needs-reauth',
])
export type ConditionKind = z.infer<typeof ConditionKind>

/** A state of a job, or of a tenant, that a person should know of. */
export interface Condition {
  readonly kind: ConditionKind
  /** What it holds for: an error code, batches, a plan. A subject that was not told yet is a change. */
  readonly subjects: readonly string[]
  /** What is wrong, in a few words. */
  readonly title: string
  readonly text: string
  /** What to do. */
  readonly remedy: string
}

/** What is true of the conditions at one time. */
export interface Snapshot {
  /** Kinds that it knows about: a condition of another kind stays as it was told. */
  readonly speaksOf: readonly ConditionKind[]
  readonly conditions: readonly Condition[]
}

/** The words of a message about a condition that is over. */
export const recoveries: Readonly<Record<ConditionKind, string>> = {
  failed: 'runs no longer fail',
  held: 'no batch is held any more',
  approval: 'no plan waits any more',
  late: 'the last run had no late rows',
  rejects: 'open rejects are below the threshold again',
  'all-rejected': 'records become rows again',
  'arrival-missing': 'no rows are missing any more: they were found, or their 30 days are over',
  'arrival-unchecked': 'arrivals are checked again',
  silent: 'runs start again',
  'definition-invalid': 'its definition is valid again',
  'state-unreadable': 'its state can be read again',
  'needs-reauth': 'the organisation has consented again',
}
