import { createIntake } from '../../src/pipeline/extraction/intake'
import { openMemory } from '../../src/pipeline/extraction/memory'
import { createRejectIndex } from '../../src/pipeline/extraction/reject-index'
import { sinceScope } from '../../src/pipeline/extraction/scope'
import { cursorFieldOf } from '../../src/pipeline/extraction/read-record'
import { noMemory } from '../../src/state/run-file'
import { memoryRunFiles } from '../../test/fixtures/memory-run-files'
import { ordersJob } from '../orders-job'
import { openOrdersDestination } from '../orders-destination'
import { encodedTexts } from './encoded-texts'
import { measureMapping } from './mapping'
import type { Taken } from '../../src/pipeline/extraction/intake'

const job = ordersJob({ name: 'orders', rows: 0 })
const { format } = openOrdersDestination(job, { url: 'http://127.0.0.1' })
const field = cursorFieldOf(job.sync)
if (!field) throw new Error('the orders have a cursor')
const scope = sinceScope(field, { since: null, until: null }, () => Date.UTC(2100, 0))

async function start(): Promise<void> {
  const memory = await openMemory(noMemory, {
    reach: 'ties',
    keyed: false,
    files: memoryRunFiles(),
    run: 'bench',
    cursor: null,
    placeOf: () => 0,
    lookback: Infinity,
  })
  const intake = createIntake({
    job,
    format,
    scope,
    memory,
    ownMemory: null,
    rejects: createRejectIndex([]),
    force: false,
    replay: false,
  })

  /** The same and what comes before: the schema's check of the record, its cursor and the questions of the protocol. */
  measureMapping(intake, ({ verdict }: Taken) => {
    const row = verdict.kind === 'rows' ? verdict.rows[0] : undefined
    if (!row) throw new Error(JSON.stringify(verdict))
    return encodedTexts(row)
  })
}

void start()
