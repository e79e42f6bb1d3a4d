import * as z from 'zod'
import { TransportError, decisionMaxBytes } from '../../http/http-client'
import { parseJson } from '../../http/json'
import { activationRecord, ownNamespace, platformError } from '../namespace'
import type { Platform } from '../platform'

/** How a run that was started on the page has ended. */
export type RunOutcome =
  | { readonly kind: 'running'; readonly activation: string }
  /** Its record cannot be read, so that nothing is known. */
  | { readonly kind: 'unknown'; readonly activation: string; readonly why: string }
  | {
      readonly kind: 'ended'
      readonly activation: string
      readonly job: string
      readonly outcome: string
      readonly texts: readonly string[]
    }

/** What is shown of the result of `run-job`. */
const Record = z.object({
  name: z.literal('run-job'),
  response: z.object({
    result: z.object({
      job: z.string().catch(''),
      outcome: z.string().catch('failed'),
      reason: z.string().optional(),
      notes: z.array(z.string()).catch([]),
      error: z.union([z.object({ message: z.string(), remedy: z.string() }), z.string()]).optional(),
    }),
  }),
})

/** A person waits: most commands take less, and a longer run is looked up when the page is loaded again. */
const patienceMs = 8_000
const pollMs = 500

/** Waits a few seconds for the end of a run, also while its record cannot be read. */
export async function awaitOutcome(platform: Platform, activation: string): Promise<RunOutcome> {
  const { clock } = platform.ims
  const endAt = clock.monotonic() + patienceMs
  for (;;) {
    const outcome = await readOutcome(platform, activation)
    if (outcome.kind === 'ended' || clock.monotonic() >= endAt) return outcome
    await clock.sleep(pollMs)
  }
}

/**
 * The outcome of a run by its activation's record, which the platform keeps for some days. OpenWhisk answers 404 until
 * the activation has ended.
 */
export async function readOutcome(
  { runtime, ims: { http } }: Pick<Platform, 'runtime' | 'ims'>,
  activation: string,
): Promise<RunOutcome> {
  const request = activationRecord(ownNamespace(runtime), activation)
  const response = await http({ ...request, timeoutMs: 10_000, maxBytes: decisionMaxBytes }).catch(
    (error: unknown) => {
      if (error instanceof TransportError) return error
      throw error
    },
  )
  if (response instanceof TransportError) return { kind: 'unknown', activation, why: response.message }
  if (response.status === 404) return { kind: 'running', activation }
  if (response.status !== 200) return { kind: 'unknown', activation, why: `HTTP ${response.status}` }
  const result = Record.safeParse(parseJson(response.body)).data?.response.result
  if (!result) return { kind: 'unknown', activation, why: 'its record is of another form' }
  const { job, outcome, reason, notes, error } = result
  const texts = [...notes, ...errorTexts(error)]
  return {
    ...{ kind: 'ended', activation, job, texts },
    outcome: reason === undefined ? outcome : `${outcome} (${reason})`,
  }
}

function errorTexts(error: z.infer<typeof Record>['response']['result']['error']): readonly string[] {
  const ofPlatform = platformError({ error })
  if (ofPlatform !== null) {
    return [
      `The platform ended the activation: ${ofPlatform}`,
      'What it committed is kept, and the next run carries on.',
    ]
  }
  return typeof error === 'object' ? [error.message, error.remedy] : []
}
