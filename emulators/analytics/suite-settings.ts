/** A dimension as GET /dimensions shows it, with the expansions of 2026. */
export interface DimensionSettings {
  readonly allowedForReporting?: boolean
  /** Of eVars: `text` or `counter`. */
  readonly dataType?: string
  readonly merchandisingSyntax?: 'product' | 'conversion_variable'
  /** Ids of metrics. */
  readonly bindingEvents?: readonly string[]
}

export interface MetricSettings {
  readonly type?: 'int' | 'decimal' | 'currency'
  readonly allowedForReporting?: boolean
}

/** Differences from a suite in which every variable is enabled; null disables one. */
export interface SuiteSettings {
  readonly name?: string
  readonly currency?: string
  readonly timeZone?: string
  /** Of a virtual report suite. */
  readonly parent?: string
  readonly dimensions?: Readonly<Record<string, DimensionSettings | null>>
  readonly metrics?: Readonly<Record<string, MetricSettings | null>>
}

const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`)
const dimensionIds = [
  ...['campaign', 'page', 'product', 'server', 'sitesection', 'zip'].map((name) => `variables/${name}`),
  ...numbered('variables/evar', 250),
  ...numbered('variables/prop', 75),
  ...numbered('variables/listvar', 3),
]
const metricIds = [
  ...['occurrences', 'orders', 'revenue', 'cartadditions', 'carts'].map((name) => `metrics/${name}`),
  ...numbered('metrics/event', 1_000),
]

/** GET /reportsuites/collections/suites/{rsid} */
export function suiteBody(
  id: string,
  { name = id, currency = 'USD', timeZone, parent }: SuiteSettings,
): object {
  return {
    ...{ rsid: id, id, name, currency, timezoneZoneinfo: timeZone ?? 'US/Pacific' },
    calendarType: { rsid: id, anchorDate: '2024-01-01T00:00:00Z', type: 'GREGORIAN' },
    ...(parent === undefined ? {} : { parentRsid: parent }),
  }
}

/** GET /dimensions: fields of an expansion are present only if it was requested. */
export function dimensionsBody({ dimensions = {} }: SuiteSettings, expansion: readonly string[]): object[] {
  return dimensionIds.flatMap((id) => {
    const settings = id in dimensions ? dimensions[id] : {}
    if (!settings) return []
    const isEVar = id.startsWith('variables/evar')
    const extra = {
      allowedForReporting: settings.allowedForReporting ?? true,
      dataType: settings.dataType ?? (isEVar ? 'text' : null),
      merchandisingSyntax: settings.merchandisingSyntax ?? null,
      bindingEvents: settings.bindingEvents ?? null,
    }
    return [{ id, title: id, name: id, type: 'string', ...expanded(extra, expansion) }]
  })
}

/** GET /metrics */
export function metricsBody({ metrics = {} }: SuiteSettings, expansion: readonly string[]): object[] {
  return metricIds.flatMap((id) => {
    const settings = id in metrics ? metrics[id] : {}
    if (!settings) return []
    const { type = id === 'metrics/revenue' ? 'currency' : 'int', allowedForReporting = true } = settings
    return [{ id, title: id, name: id, type, ...expanded({ allowedForReporting }, expansion) }]
  })
}

function expanded(fields: object, expansion: readonly string[]): object {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => expansion.includes(name)))
}
