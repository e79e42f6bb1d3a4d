import * as z from 'zod'
import { readAnswer } from './answers'
import { parseJson } from '../../http/json'
import { TransportError } from '../../http/http-client'
import { messageOf, refusalOf } from '../analytics-api'
import type { Read } from './answers'
import type { Clock } from '../../clock'
import type { AnalyticsApi } from '../analytics-api'
import type { ProofTools, Refusal, Unknown } from '../destination'

export interface ReadBackOptions {
  readonly api: AnalyticsApi
  /** `classifications` or `classification`. */
  readonly path: string
  readonly columns: readonly string[]
  readonly clock: Clock
  /** Between two looks at an export that is not ready. */
  readonly pollMs: number
}

/** Stored values by key, and by column; without keys that have no value. */
export type ReadBack =
  | { readonly kind: 'values'; readonly values: ReadonlyMap<string, Readonly<Record<string, string>>> }
  | Refusal
  | Unknown

const ExportJob = z.object({ jobId: z.string().min(1), state: z.string() })
const Line = z.object({
  key: z.string(),
  data: z.record(z.string(), z.string().nullable()).nullish(),
})

/**
 * Exports the values of some keys: asks for a job, waits until it is complete, and fetches its file.
 * @see https://developer.adobe.com/analytics-apis/docs/2.0/guides/endpoints/classifications/
 * @throws JobError of the token
 */
export async function readBack(
  { api, path, columns, clock, pollMs }: ReadBackOptions,
  dataset: string,
  keys: readonly string[],
  { pace, signal }: Pick<ProofTools, 'pace' | 'signal'>,
): Promise<ReadBack> {
  const body = JSON.stringify({
    ...{ dataFormat: 'json', encoding: 'UTF8', jobName: 'proof of arrival', keys, columns },
    rowLimit: Math.min(1_000_000, keys.length + 1),
  })
  const ask = async (method: 'GET' | 'POST', place: string, more = {}) => {
    await pace()
    return api.call({ method, path: `/${path}/job/${place}`, signal, ...more })
  }
  try {
    const json = { 'content-type': 'application/json' }
    const place = `export/${encodeURIComponent(dataset)}`
    let job = provesNothing(
      readAnswer(await ask('POST', place, { headers: json, body }), api.reading(), ExportJob),
    )
    while (job.kind === 'read' && !/^completed?$/i.test(job.value.state)) {
      if (/fail/i.test(job.value.state)) return { kind: 'unknown', message: 'The export has failed.' }
      await clock.sleep(pollMs, signal)
      const id = encodeURIComponent(job.value.jobId)
      job = provesNothing(readAnswer(await ask('GET', id), api.reading(), ExportJob))
    }
    if (job.kind !== 'read') return job
    const answer = await ask('GET', `export/file/${encodeURIComponent(job.value.jobId)}`)
    const refusal = refusalOf(answer, api.reading())
    if (refusal) return refusal
    if (answer instanceof TransportError || answer.status !== 200)
      return {
        kind: 'unknown',
        message: answer instanceof TransportError ? answer.message : messageOf(answer, api.reading()),
      }
    return valuesOf(answer.body.toString())
  } catch (error) {
    if (signal.aborted) return { kind: 'unknown', message: 'There was no time left to wait for the export.' }
    throw error
  }
}

/** A refused export proves nothing about the values. */
function provesNothing<T>(read: Read<T>): Refusal | Unknown | Extract<Read<T>, { kind: 'read' }> {
  if (read.kind !== 'rejected' && read.kind !== 'too-large') return read
  return { kind: 'unknown', message: read.message }
}

/**
 * JSON Lines, as the import takes them. Whether an export has a deleted key, and how it shows its missing values, is not
 * documented: a key without any value counts as deleted.
 */
function valuesOf(text: string): ReadBack {
  const values = new Map<string, Readonly<Record<string, string>>>()
  for (const line of text.split('\n').filter((candidate) => candidate.trim() !== '')) {
    const parsed = Line.safeParse(parseJson(line))
    if (!parsed.success)
      return { kind: 'unknown', message: 'The file of the export is not JSON Lines of keys and data.' }
    const { key, data } = parsed.data
    const set = Object.entries(data ?? {}).filter((cell): cell is [string, string] => Boolean(cell[1]))
    if (set.length > 0) values.set(key, Object.fromEntries(set))
  }
  return { kind: 'values', values }
}
