/** A record that cannot become a row: a stable reason code, and the path of the fault in the record or row. */
export interface Reject {
  readonly kind: 'reject'
  readonly code: string
  readonly path: string
  readonly message: string
}

/** A row in the destination's own notation. */
export interface EncodedRow {
  readonly kind: 'row'
  /** One line, with its line end, to be appended to the batch's file. */
  readonly line: string
  /** Index of the partition, 0 … {@link Partitioning.count} - 1. */
  readonly partition: number
  /** The order inside a partition: seconds since the epoch where rows have a time, otherwise 0. */
  readonly order: number
  /**
   * Rows of one commit that have the same key are one row, and rows are sorted by it. Upsert kinds: a later row replaces
   * an earlier one of the same key. Append kinds: where given, {@link Format.merge} puts rows of the same key together; without
   * it, each but the first becomes a reject.
   */
  readonly rowKey?: string
}

/** How rows become a file. */
export interface Format<Row = unknown> {
  /** Of staged files, without the leading dot, such as `csv.gz`. */
  readonly extension: string
  /** Pure and synchronous: it runs once a row. May throw on a row; the engine turns that into a reject. */
  encode(row: Row): EncodedRow | Reject
  /**
   * Puts two rows of the same key together. Associative, and independent of the order in which the rows came: the same
   * rows must always become the same bytes.
   */
  readonly merge?: (first: EncodedRow, second: EncodedRow) => EncodedRow
  /**
   * Upsert kinds: the row that deletes a key with all its values. It is sent like any other; deleting a key that is not
   * there changes nothing.
   */
  readonly deletion?: (rowKey: string) => EncodedRow
  /**
   * Opens a file without rows; it writes its own header, if any.
   * @param shortId names the batch, 12 characters: the format may write it into every row, to be recognised by
   */
  open(shortId: string): BatchFile
  /** Two complete files with the first and the second half of the rows; null where there is but one row. */
  split(bytes: Uint8Array): Promise<readonly [FinishedFile, FinishedFile] | null>
}

/** A batch file while it is written: lines are hashed and stored as they come. */
export interface BatchFile {
  readonly rows: number
  /** Bytes of text so far. */
  readonly textBytes: number
  /** Bytes of the file so far, as it will be stored. */
  readonly storedBytes: number
  /** False where a limit of the format's own sends the line to the next file; an empty file takes any line. */
  accepts?(line: string): boolean
  append(line: string): void
  /** Backpressure: resolves once the encoder has caught up enough for more. */
  drained(): Promise<void>
  finish(): Promise<FinishedFile>
}

export interface FinishedFile {
  readonly bytes: Buffer
  readonly rows: number
  /** Of the stored bytes, hex. */
  readonly sha256: string
  /** Of the text, hex: compressors may differ, the text never does. */
  readonly contentSha256: string
  /** What its rows can be recognised by at the destination; the destination's own notation, at most 350 characters. */
  readonly markers?: readonly string[]
}

/** Ordered sub-streams: order is kept inside a partition, and only there. */
export interface Partitioning {
  readonly count: number
  /** As the destination sees it. */
  readonly name: (index: number) => string
  /** Changes with anything that may move a row to another partition: count, hash, target. */
  readonly fingerprint: string
}

/** The destination's published limits. */
export interface Limits {
  readonly batchRows: number
  /** Uncompressed. */
  readonly batchTextBytes: number
  /** As stored. */
  readonly batchStoredBytes: number
  /** Least time between two requests of one process, in ms. The engine keeps it. */
  readonly requestIntervalMs: number
  /** How long a partition waits after an answer to a batch of `rows` rows, in ms. */
  partitionIntervalMs(rows: number): number
  /** Batches that may travel at the same time within one commit (upsert kinds). */
  readonly underWay: number
}
