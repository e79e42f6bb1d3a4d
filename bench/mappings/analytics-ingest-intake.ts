import { createIntake } from '../../src/pipeline/staging/record-intake'
import { trackCursor } from '../../src/pipeline/staging/cursor-tracker'
import { inputsFrom } from '../../src/inputs'
import { systemClock } from '../../src/clock'
import { silentLog } from '../../src/log'
import { Settings } from '../../src/pipeline/settings'
import { ordersJob } from '../orders-job'
import { encodedTexts } from './encoded-texts'
import { measureMapping } from './mapping'
import type { Intake } from '../../src/pipeline/staging/record-intake'

const job = ordersJob({ name: 'orders', rows: 0 })
const never = () => Promise.reject(new Error('no request is made here'))
const destination = job.destination.open({
  job: job.name,
  inputs: inputsFrom({ URL: 'http://127.0.0.1', SUITE: 'bench' }),
  http: never,
  authorize: never,
  identity: { clientId: 'bench', orgId: 'bench' },
  endpoints: { collection: 'http://127.0.0.1', analytics: 'http://127.0.0.1' },
  pace: Settings.parse({}),
  clock: systemClock,
  log: silentLog,
})
const newIntake = () =>
  createIntake(job, destination, {
    tracker: trackCursor(null, 1, true),
    ledger: null,
    until: null,
    lane: false,
  })
let intake = newIntake()
let newest = ''

/** The same and what comes before: the schema's check of the record, and the cursor. */
measureMapping(
  (order) => {
    // The orders come round again; time does not.
    if (order.at < newest) intake = newIntake()
    newest = order.at
    return intake(order)
  },
  (taken: Intake) => {
    const row = taken.kind === 'rows' ? taken.rows[0] : undefined
    if (!row) throw new Error(JSON.stringify(taken))
    return encodedTexts(row)
  },
)
