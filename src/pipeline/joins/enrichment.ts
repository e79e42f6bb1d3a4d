import { JobError } from '../../errors'
import { valueAt } from '../../field-path'
import { joinKeyOf, readJoinTable } from './join-table'
import type { Join } from '../../definition/join'
import type { Job } from '../../definition/job'
import type { Source, SourceDefinition } from '../../sources/source'
import type { JoinTable } from './join-table'

/** A record with its joined fields. */
export type Enriched =
  | {
      readonly kind: 'enriched'
      readonly record: unknown
      /** What counts as the content of the record: joined fields only where a change of them changes the record. */
      readonly content: unknown
    }
  | {
      readonly kind: 'unmatched'
      readonly join: string
      /** The field whose value has no match. */
      readonly by: string
      readonly content: unknown
    }

export type Enrich = (raw: unknown) => Enriched

/** The joins of a job for one run. */
export interface Enrichment {
  /** Reads the second sources, once. @throws JobError of a source, `join-unusable` */
  load(signal: AbortSignal): Promise<Enrich>
}

interface OpenJoin {
  readonly name: string
  readonly join: Join
  readonly source: Source
}

/** Null where the job has no joins. @param open a source of its own for each join @throws JobError `input-missing`, `input-invalid` */
export function openEnrichment(
  { joins = {} }: Pick<Job, 'joins'>,
  open: (source: SourceDefinition) => Source,
): Enrichment | null {
  const opened = Object.entries(joins).map(([name, join]) => ({ name, join, source: open(join.source) }))
  if (opened.length === 0) return null
  let loaded: Promise<Enrich> | null = null
  return { load: (signal) => (loaded ??= loadAll(opened, signal)) }
}

interface LoadedJoin {
  readonly name: string
  readonly join: Join
  readonly table: JoinTable
}

async function loadAll(opened: readonly OpenJoin[], signal: AbortSignal): Promise<Enrich> {
  const loaded: LoadedJoin[] = []
  for (const { name, join, source } of opened) {
    loaded.push({ name, join, table: await readJoinTable(name, join, source, signal) })
  }

  return function enrich(raw) {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
      return { kind: 'enriched', record: raw, content: raw }
    }
    const fields: Record<string, unknown> = {}
    const contentFields: Record<string, unknown> = {}
    let unmatched: LoadedJoin | null = null
    for (const one of loaded) {
      if (Object.hasOwn(raw, one.name)) throw nameTaken(one.name)
      const { joined, isRefused } = matchOf(one, raw)
      fields[one.name] = joined
      if (one.join.changesRecords) contentFields[one.name] = joined
      if (isRefused) unmatched ??= one
    }
    const content = Object.keys(contentFields).length === 0 ? raw : { ...raw, ...contentFields }
    if (!unmatched) return { kind: 'enriched', record: { ...raw, ...fields }, content }
    return { kind: 'unmatched', join: unmatched.name, by: unmatched.join.by, content }
  }
}

/** A key that cannot be compared, such as an object or a number beyond 2^53, is never taken for one without a match. */
function matchOf({ join, table }: LoadedJoin, raw: object) {
  const value = valueAt(raw, join.by)
  const key = joinKeyOf(value)
  const joined = (key === null ? undefined : table.get(key)) ?? null
  const isAbsent = value === undefined || value === null || value === ''
  const isRefused = joined === null && (join.whenUnmatched === 'reject' || (key === null && !isAbsent))
  return { joined, isRefused }
}

function nameTaken(name: string): JobError {
  return new JobError(
    'join-unusable',
    `The records of the source have a field "${name}" already, which the join "${name}" would replace.`,
    'Give the join another name, and the record in `record` a field of that name.',
    { details: { join: name } },
  )
}
