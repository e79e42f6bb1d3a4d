import { BulkDataInsertionSettings } from '../../../src/destinations/bulk-data-insertion/settings'
import { ClassificationsSettings, importBytes } from '../../../src/destinations/classifications/settings'
import { DataSourceSettings } from '../../../src/destinations/data-sources/settings'

const bulk = BulkDataInsertionSettings.parse({})
const classifications = ClassificationsSettings.parse({})
const dataSources = DataSourceSettings.parse({})

it.each([
  ['Bulk Data Insertion: a request a second', 1_000 / bulk.requestMs, 1],
  ['Bulk Data Insertion: a file of a visitor group in 20 s', 20_000 / bulk.groupMs, 1],
  ['Bulk Data Insertion: 2,000 rows a second in a visitor group', bulk.rowsPerSecond, 2_000],
  ['Classifications: 12 requests in 6 s', 6_000 / classifications.classificationRequestMs, 12],
  ['Classifications: an import of 50 MB', classifications.classificationBytes, importBytes],
  ['Data Sources: 12 requests in 6 s', 6_000 / dataSources.dataSourceRequestMs, 12],
  ['Data Sources: 90 days in a file', dataSources.dataSourceFileDays, 90],
  ['Data Sources: 4,096 bytes in a row', dataSources.dataSourceRowBytes, 4_096],
  ['Data Sources: an online hit of the last 25 months', dataSources.dataSourceHitMonths, 25],
])('the defaults keep the limit that Adobe publishes for %s', (_, used, limit) => {
  expect(used).toBeLessThanOrEqual(limit)
  expect(used).toBeGreaterThan(0)
})
