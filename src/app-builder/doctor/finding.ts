/** What the doctor has found out about one thing. */
export interface Finding {
  /** `absent` is no fault: an app needs only some kinds of credentials. */
  readonly level: 'good' | 'absent' | 'obsolete' | 'fault'
  /** What it is about: an input, a credential, or a check. */
  readonly subject: string
  /** Never a secret. */
  readonly message: string
  readonly remedy?: string
}
