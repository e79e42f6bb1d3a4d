import type { InputReference } from '../../inputs'
import type { SourceContext } from '../source'

/** A file as a store lists it. */
export interface StoredFile {
  /** Unique in its store; folders are separated by `/`. */
  readonly name: string
  /** Null where the store does not say. */
  readonly bytes: number | null
  /** When it was last written, in ms since the epoch; null where the store does not say. */
  readonly modified: number | null
  /** Differs where the content differs: an ETag, or size and time. Null where the store has neither. */
  readonly version: string | null
}

export interface FileContent {
  readonly bytes: AsyncIterable<Uint8Array>
  readonly contentType: string | null
}

/** A store of files. */
export interface FileStore {
  /** Its address without secrets. A change of it is a changed definition. */
  readonly identity: string
  /**
   * The files whose names begin with `prefix`, in pieces and in any order; without folders.
   * @throws JobError `source-unreachable`, `source-refused`, `source-malformed`
   */
  list(prefix: string, signal: AbortSignal): AsyncIterable<readonly StoredFile[]>
  /**
   * The content of this version of a file; reading it ends with an error where the file is replaced meanwhile.
   * @throws JobError `source-unreachable`, `source-refused`, `source-malformed`
   */
  read(file: StoredFile, signal: AbortSignal): Promise<FileContent>
  /** Closes connections; the next call opens them again. */
  close(): Promise<void>
}

/** A store as a source declares it. */
export interface FileStoreDefinition {
  readonly kind: string
  /** Every input that {@link open} looks up. */
  readonly inputs: readonly InputReference[]
  /** Faults of the declaration. Its job does not open; the other jobs do. */
  readonly faults: readonly string[]
  /** @throws JobError `input-missing`, `input-invalid` */
  open(context: SourceContext): FileStore
}
