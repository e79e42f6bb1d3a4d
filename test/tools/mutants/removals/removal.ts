/** One safeguard of the product, and the change that takes it out. */
export interface Removal {
  readonly safeguard: string
  readonly file: string
  /** Stands in the file once. */
  readonly find: string
  readonly replace: string
}
