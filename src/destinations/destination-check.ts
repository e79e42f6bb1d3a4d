import type { Refusal, Unknown } from './destination-answers'

/** One finding of a check about a part of a definition. */
export interface CheckFinding {
  /**
   * `fault`: the target would drop, cut or misread what is sent. `note`: what the target is like, or what cannot be asked
   * of it and holds as the definition declares it.
   */
  readonly level: 'fault' | 'note'
  /**
   * The part to change, as the definition writes it, such as `eVar7`; empty where it concerns the target as a whole.
   */
  readonly subject: string
  readonly message: string
}

/** All findings, not only the first fault. */
export type CheckAnswer =
  { readonly kind: 'checked'; readonly findings: readonly CheckFinding[] } | Refusal | Unknown
