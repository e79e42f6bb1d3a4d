import { groupRowKeys } from './group-row-keys'
import { createRowKeyWriter, readRowKeys } from './row-key-files'
import type { RowKeys } from '../../../state/run-file'
import type { RunFiles } from '../../run-files'

/**
 * The row keys after a commit was dropped: those that stood before it and that it did not delete. What it would have
 * sent is not at the destination, and what it would have deleted stays there, for good.
 * @throws JobError `state-missing`
 */
export async function commonRowKeys(
  before: RowKeys | null,
  after: RowKeys | null,
  place: {
    readonly files: Pick<RunFiles, 'read' | 'add'>
    readonly name: string
    readonly run: string
  },
): Promise<RowKeys | null> {
  if (!before || !after) return null
  const { files, name, run } = place
  const writer = createRowKeyWriter(name, run, files)
  let keys = 0
  for await (const groups of groupRowKeys(readRowKeys(before, files), readRowKeys(after, files))) {
    for (const { first, second } of groups) {
      const common = first.filter((a) => second.some((b) => a.high === b.high && a.low === b.low))
      for (const rowKey of common) writer.push(rowKey)
      if (common.length > 0) keys += 1
    }
    await writer.settle()
  }
  return { parts: await writer.finish(), keys }
}
