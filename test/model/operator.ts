import type { Command, Resolution } from '../../src/pipeline/run-context'
import type { RunReport } from '../../src/state/run-report'
import type { World } from './world'

/** A way out that a report names. */
export interface Exit {
  readonly resolve: string
  readonly as: Resolution
  /** True where the person must say from where. */
  readonly takesFrom: boolean
}

/** The ways out of a blocked job, as its report words them: the operator knows nothing else. */
export function exitsIn({
  held,
  error,
  notes,
}: Pick<RunReport, 'held' | 'error' | 'notes'>): readonly Exit[] {
  const texts = [...held.flatMap(({ choices }) => choices), error?.remedy ?? '', ...notes]
  return texts.flatMap((text) =>
    [...text.matchAll(/resolve=(\S+) as=(sent|resend|drop|continue)( from=)?/g)].flatMap(
      ([, resolve = '', as = '', from]) =>
        resolve.startsWith('<') ? [] : [{ resolve, as: as as Resolution, takesFrom: from !== undefined }],
    ),
  )
}

/** Settles the first batch that is held as its explanation asks: after a look at the destination. */
export function settleHeld(world: World, report: RunReport): Command | null {
  const [held] = report.held
  if (!held) return null
  const allowed = exitsIn(report).filter(({ resolve }) => resolve === held.batch)
  const wanted = preference(world, held.batch, held.code)
  const chosen = wanted.find((as) => allowed.some((exit) => exit.as === as))
  if (!chosen)
    throw new RangeError(`${held.batch} is held for ${held.code} and names no exit: ${held.choices.join()}`)
  world.seen.add(`held batch resolved: ${chosen}`)
  // An import may fail after its successors were accepted: what is then sent again comes behind them.
  const lines = world.service.contents.get(held.batch) ?? []
  if (chosen === 'resend') for (const line of lines) world.aside.add(line)
  if (chosen === 'drop') world.leftOut.push(...lines)
  return { force: false, resolve: held.batch, as: chosen }
}

function preference(world: World, batch: string, code: string): readonly Resolution[] {
  switch (code) {
    case 'rejected':
    case 'processing-failed':
      return ['resend']
    case 'key-collision':
    case 'too-old-to-ask':
    case 'file-missing':
    case 'file-damaged':
      return isStored(world, batch) ? ['sent'] : ['resend', 'drop']
    default:
      return ['sent', 'drop']
  }
}

function isStored({ service }: World, batch: string): boolean {
  return service.stored.some(({ id }) => id === batch)
}

/** What a person commands next: a hold is settled, a block is lifted. Null where nothing waits for a person. */
export function nextCommand(world: World, report: RunReport): Command | null {
  const held = settleHeld(world, report)
  if (held) return held
  const lifted = exitsIn(report).find(({ as, takesFrom }) => as === 'continue' && !takesFrom)
  return lifted && (report.outcome === 'failed' || report.reason === 'regrouping')
    ? { force: false, resolve: lifted.resolve, as: lifted.as }
    : null
}

/** Alarms, and a person who answers, until the job is done; false where it never gets there. */
export async function tickUntilDone(world: World, limit = 40): Promise<boolean> {
  let command: Command | null = null
  for (let round = 0; round < limit; round += 1) {
    const before = world.reports.length
    await world.time.runUntil(world.activate(null, command ?? undefined).done, 35 * 60_000)
    const last = world.reports.slice(before).at(-1)
    if (last && isDone(last)) return true
    command = last ? nextCommand(world, last) : null
    await world.time.runUntil(world.time.sleep(15 * 60_000), 15 * 60_000)
  }
  return false
}

export function isDone({ outcome, reason, pending }: RunReport): boolean {
  return (outcome === 'succeeded' || reason === 'nothing-due') && pending === 0
}
