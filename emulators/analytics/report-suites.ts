import { visitorOf } from './collected-file'
import type { CollectedRow } from './collected-file'
import type { Memory } from '../memory'
import type { SuiteSettings } from './suite-settings'

/** `not-allowed` drops timestamped hits silently: the API still answers UPLOADED. */
export type TimestampMode = 'required' | 'optional' | 'not-allowed'

export interface StoredHit {
  readonly group: string
  readonly visitor: string
  readonly timestamp: number
  /** When it was accepted, on the emulator's clock, ms since the epoch. */
  readonly at: number
  readonly columns: CollectedRow
}

/** The stored hits of each report suite, in order of arrival. */
export interface ReportSuites {
  add(id: string, mode?: TimestampMode): void
  has(id: string): boolean
  /** Variables, currency and time zone of a suite; nothing differs from the default until then. */
  configure(id: string, settings: SuiteSettings): void
  settingsOf(id: string): SuiteSettings
  hits(id: string): readonly StoredHit[]
  ingest(group: string, rows: readonly CollectedRow[], at: number): void
  /** Hits that arrived after a newer hit of the same visitor. */
  outOfOrder(id: string): readonly StoredHit[]
  readonly memory: Memory
}

export function createReportSuites(): ReportSuites {
  const suites = new Map<string, { readonly mode: TimestampMode; readonly hits: StoredHit[] }>()

  const settings = new Map<string, SuiteSettings>()

  return {
    memory: { suites, settings },
    add: (id, mode = 'optional') => void suites.set(id, { mode, hits: [] }),
    has: (id) => suites.has(id),
    configure: (id, given) => void settings.set(id, given),
    settingsOf: (id) => settings.get(id) ?? {},
    hits: (id) => suites.get(id)?.hits ?? [],
    ingest(group, rows, at) {
      for (const columns of rows) {
        for (const id of (columns.reportsuiteid ?? '').split(',')) {
          const suite = suites.get(id.trim())
          if (!suite || suite.mode === 'not-allowed') continue
          suite.hits.push({
            group,
            visitor: visitorOf(columns),
            timestamp: secondsOf(columns.timestamp ?? ''),
            at,
            columns,
          })
        }
      }
    },
    outOfOrder(id) {
      const newest = new Map<string, number>()
      return (suites.get(id)?.hits ?? []).filter(({ visitor, timestamp }) => {
        const late = timestamp < (newest.get(visitor) ?? -Infinity)
        newest.set(visitor, Math.max(timestamp, newest.get(visitor) ?? -Infinity))
        return late
      })
    },
  }
}

function secondsOf(timestamp: string): number {
  return /^\d+$/.test(timestamp) ? Number(timestamp) : Date.parse(timestamp) / 1000
}
