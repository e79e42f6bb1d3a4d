import { createHash } from 'node:crypto'
import { JobError } from '../../errors'
import { valueAt } from '../../field-path'
import type { Sliced } from '../../definition/sync'
import type { Page } from '../../sources/source'

/**
 * The pages of a slice. Refuses one that comes twice, such as a last page that repeats the first one: without a primary
 * key, equal records count as several events, so all of its records would be sent twice. A page within one instant may
 * be a burst of equal events. In an incremental read, the order of the cursors shows it.
 * @throws JobError `source-malformed`
 */
export async function* withoutRepeats(
  pages: AsyncIterable<Page>,
  { primaryKey, cursor }: Pick<Sliced, 'primaryKey' | 'cursor'>,
): AsyncIterable<Page> {
  const seen = new Set<string>()
  for await (const page of pages) {
    if (primaryKey === null && spansTime(page, cursor.path)) {
      const digest = digestOf(page)
      if (digest !== null && seen.has(digest)) throw repeated(page.records.length)
      if (digest !== null) seen.add(digest)
    }
    yield page
  }
}

function spansTime({ records }: Page, path: string): boolean {
  return records.length > 1 && valueAt(records[0], path) !== valueAt(records.at(-1), path)
}

/** A server serializes equal records equally. Null where they are nested too deep: each becomes a reject of its own. */
function digestOf({ records }: Page): string | null {
  try {
    return createHash('sha256').update(JSON.stringify(records)).digest('base64')
  } catch {
    return null
  }
}

function repeated(count: number): JobError {
  return new JobError(
    'source-malformed',
    `The source sent a page of ${count} records twice in one read, which without a primary key would be as many more events.`,
    'Declare a `primaryKey` of the job, which recognises repeated records, or correct the paginator of the source.',
  )
}
