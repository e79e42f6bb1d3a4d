/** A body as it arrives from a server or a store; it can be read once. */
export interface Body {
  readonly bytes: AsyncIterable<Uint8Array>
  /** The media type that came with it, such as `text/csv; charset=utf-16`; null where none came. */
  readonly contentType: string | null
  /** Where it comes from, for errors: a URL without its query, or the name of a file. Never a secret. */
  readonly place: string
}

/** The content of one body. */
export interface Decoded {
  /**
   * The records in the order of the body, in chunks of at least one and at most about 256 KB of text. It is read on
   * demand: one chunk is in memory, however large the body is. A consumer that stops early releases the body.
   * @throws JobError `source-malformed` with the offset, for a body that is truncated, or not what was declared.
   * Chunks before the fault were handed out by then.
   */
  readonly records: AsyncIterable<readonly unknown[]>
  /**
   * The content around the records, for paginators and error maps. JSON: the parsed body with an empty list in place of
   * the records, so `valueAt(envelope(), 'meta.next')` works as on a whole body; it is limited to 1 MB of text. Formats
   * without an envelope: null. The envelope may continue after the records (`{"data":[…],"next":"…"}`), so it is known
   * only once {@link records} has ended; before that, it is null.
   */
  envelope(): unknown
  /**
   * The names of the fields of all records, where the body declares them once, such as a header line; null where it does
   * not. Known once {@link records} has ended.
   */
  fields?(): readonly string[] | null
}

/**
 * A format of bodies, as a source declares it: turns bytes into records in bounded memory. Integers beyond 2^53 become
 * texts with their exact digits; bytes that are not of the declared encoding are errors, never replaced.
 */
export interface Decoder {
  /** Names format and options in the identity of a source, such as `csv(delimiter=;)`: an offset depends on them. */
  readonly kind: string
  /** What to send as `Accept`. */
  readonly accept: string
  /** Faults of the declaration. Its job does not open; the other jobs do. */
  readonly faults: readonly string[]
  decode(body: Body): Decoded
}
