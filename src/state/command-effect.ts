import type { Memory, RowKeys } from './run-file'
import type { Counting, Rejects, Waiver } from './state-document'
import type { Backfill, Cursor, Replay, Slice } from './work'

/** The effect of an accepted command on the state. */
export type CommandEffect =
  | { readonly kind: 'backfill'; readonly backfill: Backfill }
  | { readonly kind: 'replay'; readonly replay: Replay }
  | { readonly kind: 'slice-skipped'; readonly slice: Slice }
  | { readonly kind: 'backfill-dropped'; readonly name: string }
  | { readonly kind: 'batch-settled'; readonly id: string }
  | {
      readonly kind: 'batch-resent'
      readonly id: string
      readonly newId: string
      readonly generation: number
    }
  | { readonly kind: 'plan-approved' }
  /** `memory`: its records are known as dropped. */
  | { readonly kind: 'plan-dropped'; readonly memory: Memory; readonly rowKeys: RowKeys | null }
  | { readonly kind: 'rejects-dropped'; readonly rejects: Rejects }
  | { readonly kind: 'waived'; readonly waiver: Waiver }
  | { readonly kind: 'regrouping-waived' }
  | {
      readonly kind: 'definition-continued'
      readonly counting: Counting
      readonly floor: Cursor | null
      /** Incremental: reads on from the floor. Sliced: ms. */
      readonly cursor: Cursor | null
      readonly watermark: number | null
      /** The decisions about earlier records that stay known. */
      readonly memory: Memory
      readonly rowKeys: RowKeys | null
    }
