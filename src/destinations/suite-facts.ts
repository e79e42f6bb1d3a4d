import * as z from 'zod'
import { parseJson } from '../http/json'
import { messageOf, refusalOf } from './analytics-api'
import type { AnalyticsApi } from './analytics-api'
import type { Reading } from './single-attempts'
import type { Refusal, Unknown } from './destination'

const texts = z.array(z.string())
const Dimension = z.object({
  id: z.string(),
  allowedForReporting: z.boolean().optional(),
  dataType: z.string().nullish(),
  merchandisingSyntax: z.string().nullish(),
  bindingEvents: texts.nullish(),
})
const Metric = z.object({ id: z.string(), type: z.string(), allowedForReporting: z.boolean().optional() })
const Suite = z.object({
  parentRsid: z.string().nullish(),
  currency: z.string().optional(),
  timezoneZoneinfo: z.string().optional(),
})

export type Dimension = z.infer<typeof Dimension>
export type Metric = z.infer<typeof Metric>

/** The settings of a report suite. Variables by their id in lower case, such as `variables/evar1`. */
export interface SuiteFacts {
  readonly suite: z.infer<typeof Suite>
  readonly dimensions: ReadonlyMap<string, Dimension>
  readonly metrics: ReadonlyMap<string, Metric>
}

export type SuiteAnswer = { readonly kind: 'suite'; readonly facts: SuiteFacts } | Refusal | Unknown

const suiteExpansion = 'name,parentRsid,currency,calendarType,timezoneZoneinfo'
const dimensionExpansion = 'allowedForReporting,dataType,merchandisingSyntax,bindingEvents'

/**
 * Reads the settings, dimensions and metrics of a report suite: three requests.
 * @see https://developer.adobe.com/analytics-apis/docs/2.0/guides/endpoints/dimensions/
 */
export async function readSuite(api: AnalyticsApi, suite: string, signal: AbortSignal): Promise<SuiteAnswer> {
  const id = encodeURIComponent(suite)
  const settings = await read(
    api,
    `/reportsuites/collections/suites/${id}?expansion=${suiteExpansion}`,
    Suite,
    signal,
  )
  if (settings.kind !== 'read') return settings
  const dimensions = await read(
    api,
    `/dimensions?rsid=${id}&expansion=${dimensionExpansion}`,
    z.array(Dimension),
    signal,
  )
  if (dimensions.kind !== 'read') return dimensions
  const metrics = await read(
    api,
    `/metrics?rsid=${id}&expansion=allowedForReporting`,
    z.array(Metric),
    signal,
  )
  if (metrics.kind !== 'read') return metrics
  return {
    kind: 'suite',
    facts: {
      suite: settings.value,
      dimensions: byId(dimensions.value),
      metrics: byId(metrics.value),
    },
  }
}

async function read<Schema extends z.ZodType>(
  api: AnalyticsApi,
  path: string,
  schema: Schema,
  signal: AbortSignal,
): Promise<{ readonly kind: 'read'; readonly value: z.output<Schema> } | Refusal | Unknown> {
  const answer = await api.call({ method: 'GET', path, signal })
  const reading: Reading = api.reading()
  const refused = refusalOf(answer, reading)
  if (refused) return refused
  if (!('status' in answer)) return { kind: 'unknown', message: 'no usable answer came' }
  const parsed = schema.safeParse(parseJson(answer.body))
  if (answer.status === 200 && parsed.success) return { kind: 'read', value: parsed.data }
  return { kind: 'unknown', message: messageOf(answer, reading) }
}

function byId<Item extends { readonly id: string }>(items: readonly Item[]): ReadonlyMap<string, Item> {
  return new Map(items.map((item) => [item.id.toLowerCase(), item]))
}
