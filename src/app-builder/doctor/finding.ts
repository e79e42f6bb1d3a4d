/** One result of the doctor's checks. */
export interface Finding {
  /** `absent`: not set, and not used either. `skipped`: could not be checked, so nothing is known about it. */
  readonly level: 'good' | 'absent' | 'skipped' | 'obsolete' | 'fault'
  /** The input, credential or check that it is about. */
  readonly subject: string
  /** Never a secret. */
  readonly message: string
  readonly remedy?: string
}
