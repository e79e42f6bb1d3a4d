import { airportNames, reportSuite } from './platform'
import type { Platform } from './platform'

/** A stored row, by column. */
export type StoredRow = Readonly<Record<string, string>>

/** The hits of the report suite, as Analytics stores them. */
export function storedHits({ analytics }: Pick<Platform, 'analytics'>): readonly StoredRow[] {
  return analytics.suites.hits(reportSuite).map(({ columns }) => columns)
}

/** The keys of the classification set with their values. */
export function storedValues(platform: Pick<Platform, 'analytics'>): readonly StoredRow[] {
  const values = platform.analytics.classifications.values(airportNames(platform))
  return [...values].map(([key, columns]) => ({ key, ...Object.fromEntries(columns) }))
}

/** The rows of data sources that have a column. */
export function storedRowsWith(
  { analytics }: Pick<Platform, 'analytics'>,
  column: string,
): readonly StoredRow[] {
  return analytics.dataSources.rows(reportSuite).filter((row) => column in row)
}
