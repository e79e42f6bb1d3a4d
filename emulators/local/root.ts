import { resolve } from 'node:path'

/** The app's own folder, wherever it is started from. */
export const root = resolve(__dirname, '..', '..')

/** The alarm of ext.config.yaml that wakes verify-arrival. */
export const arrivalAlarm = 'arrivals-every-hour'

/** Adobe's pace (20 s between two files of a group or two polls) would only make a demonstration long. */
export const demoPace = {
  requestMs: 0,
  groupMs: 0,
  rowsPerSecond: 1_000_000,
  lookupEveryMs: 250,
  dataSourceRequestMs: 0,
  arrivalAfterMs: 0,
  classificationExportPollMs: 100,
}
