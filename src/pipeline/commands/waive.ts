import { refused } from './acceptance'
import type { StateDocument, Waiver } from '../../state/state-document'
import type { Resolution } from '../run-context'
import type { Acceptance } from './acceptance'

/** Lifts a block for the next commit that meets it. Only a block that stopped a run can be lifted. */
export function waive({ reports, waivers }: StateDocument, waiver: Waiver, as: Resolution): Acceptance {
  if (as !== 'continue')
    throw refused(`${waiver} can only be continued.`, `Use resolve=${waiver} as=continue.`)
  if (waivers.includes(waiver))
    throw refused(`${waiver} is lifted already.`, 'Run the job without a command.')
  const lastSuccess = reports.findLastIndex(({ outcome }) => outcome === 'succeeded')
  if (!reports.slice(lastSuccess + 1).some(({ reason }) => reason === waiver)) {
    throw refused(`No run since the last success was stopped by ${waiver}.`, 'Run the job without a command.')
  }
  return { note: `${waiver} is lifted once.`, effect: { kind: 'waived', waiver } }
}
