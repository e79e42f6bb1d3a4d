import { waitingPlan } from '../../state/plan'
import { dropRecords } from '../extraction/drop-records'
import { commonRowKeys } from '../extraction/row-keys/common-row-keys'
import { distancesOf, reachOf } from '../stage'
import { refused } from './acceptance'
import { asideName } from './aside-name'
import type { Job } from '../../definition/job'
import type { StateDocument } from '../../state/state-document'
import type { Resolution } from '../run-context'
import type { RunFiles } from '../run-files'
import type { Acceptance } from './acceptance'

interface DropContext {
  readonly files: Pick<RunFiles, 'read' | 'add'>
  readonly run: string
  readonly storeNow: number
}

/** Gives a plan up: nothing of it is sent, and its records are known as dropped. */
export async function dropPlan(
  { sync }: Pick<Job, 'sync'>,
  document: StateDocument,
  as: Resolution,
  { files, run, storeNow }: DropContext,
): Promise<Acceptance> {
  const plan = waitingPlan(document)
  if (!plan) throw refused('No plan waits.', 'Run the job without a command.')
  if (as !== 'drop') {
    throw refused(
      `A plan cannot be resolved as ${as}.`,
      `Approve it with approve=${plan.id}, or give it up with resolve=plan as=drop.`,
    )
  }
  const aside = asideName('dropped', storeNow, document)
  const rowKeys = await commonRowKeys(plan.rowKeysBefore, document.rowKeys, {
    ...{ files, name: `${aside}-keys.bin`, run },
  })
  const memory = await dropRecords(plan.memoryBefore, document.memory, {
    reach: reachOf(sync),
    keyed: sync.primaryKey !== null,
    lookback: distancesOf(sync).lookback,
    files,
    file: `${aside}.bin`,
    run,
  })
  return {
    note: `Plan ${plan.id} (${plan.rows} rows) was dropped: the same records are left out for good, changed ones count as new.`,
    effect: { kind: 'plan-dropped', memory, rowKeys },
  }
}
