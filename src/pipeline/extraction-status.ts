/** Extraction beside delivery, as delivery sees it. */
export interface ExtractionStatus {
  /** `waiting`: blocked by backpressure (outbox full), or by a batch that must be confirmed first. */
  status(): 'working' | 'waiting' | 'ended'
  /** Resolves when the status changes next; never where it has ended. */
  changed(): Promise<void>
}
