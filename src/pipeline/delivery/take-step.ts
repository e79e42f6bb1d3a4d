import { factsOf } from './batch-facts'
import { clearDoubt, hold, remove } from './conclude'
import { lookUp, verify } from './look-up'
import { poll } from './poll'
import { prepare, send } from './send'
import type { OutgoingBatch } from '../../destinations/destination'
import type { BatchNotes } from './batch-notes'
import type { StepContext } from './delivery-context'
import type { Step } from './plan'

type StepWithBytes = Extract<Step, { kind: 'verify' | 'prepare' | 'send' }>

/** True where the step makes a request, which counts towards the destination's rate limit. */
export function makesRequest({ kind }: Step): boolean {
  return kind !== 'remove' && kind !== 'clear'
}

export function needsBytes(step: Step): step is StepWithBytes {
  return step.kind === 'verify' || step.kind === 'prepare' || step.kind === 'send'
}

/**
 * Brings a batch one step further, with one request at most. Returns how long the batch then waits, in ms.
 *
 * @throws JobError where the run cannot deliver on: `not-authorized`, `not-permitted`, `destination-unreachable`, errors
 * of the token and of the store, `lease-lost`
 */
export async function takeStep(context: StepContext, step: Step, notes: BatchNotes): Promise<number> {
  switch (step.kind) {
    case 'remove':
      return remove(context, step.entry)
    case 'clear':
      return clearDoubt(context, step.entry)
    case 'look-up':
      return lookUp(context, step.delivery, step.entry, notes)
    case 'poll':
      return poll(context, step.entry, notes)
    default:
      return takeStepWithBytes(context, step, notes)
  }
}

async function takeStepWithBytes(
  context: StepContext,
  step: StepWithBytes,
  notes: BatchNotes,
): Promise<number> {
  const { entry } = step
  const file = await context.staged.load(entry)
  if (file.kind !== 'bytes') {
    const [code, what] =
      file.kind === 'missing'
        ? (['file-missing', 'is not in the store'] as const)
        : (['file-damaged', 'has other content than was staged'] as const)
    return hold(context, entry, code, `${entry.file} of the run ${entry.run} ${what}.`)
  }
  const batch: OutgoingBatch = { ...factsOf(entry), bytes: file.bytes }
  switch (step.kind) {
    case 'verify':
      return verify(context, step.delivery, step.entry, notes, batch)
    case 'prepare':
      return prepare(context, step.entry, notes, batch)
    case 'send':
      return send(context, step.entry, notes, batch)
  }
}
