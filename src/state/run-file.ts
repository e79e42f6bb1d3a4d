import * as z from 'zod'

/** An immutable file in a run's folder. */
export const RunFile = z.object({ run: z.string(), file: z.string() })
export type RunFile = z.infer<typeof RunFile>

/**
 * The deduplication index: what was decided about each record that can come again. A few entries are stored in the
 * document, more of them in files; a later entry of the same record wins.
 */
export const Memory = z.object({
  /** Entries in base64, oldest first; newer than those of the segments. */
  inline: z.string(),
  /** `to`: the newest cursor (canonical) it covers. */
  segments: z.array(RunFile.extend({ to: z.string() })),
})
export type Memory = z.infer<typeof Memory>

export const noMemory: Memory = { inline: '', segments: [] }

/**
 * The row keys that a job has sent and not deleted, each with the records that it came from: sorted by key, in files.
 * Those of records that vanish from the source are deleted at the destination.
 */
export const RowKeys = z.object({
  parts: z.array(RunFile),
  /** How many keys; a key of several records counts once. */
  keys: z.number().int(),
})
export type RowKeys = z.infer<typeof RowKeys>
