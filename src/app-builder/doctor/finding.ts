/** One result of the doctor's checks. */
export interface Finding {
  /** `absent` is no fault: an app needs only some kinds of credentials. */
  readonly level: 'good' | 'absent' | 'obsolete' | 'fault'
  /** The input, credential or check that it is about. */
  readonly subject: string
  /** Never a secret. */
  readonly message: string
  readonly remedy?: string
}
