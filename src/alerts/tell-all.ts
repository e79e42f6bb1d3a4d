import { tellTimeoutMs } from './webhook'
import type { Clock } from '../clock'
import type { JobError } from '../errors'
import type { Watch } from './claim'
import type { Tell } from './webhook'

/** Slack takes about one message in a second. */
const paceMs = 1_000
/** Kept back for the write after the last answer, in ms. */
const reserveMs = 10_000

/** How far the sending came. */
export interface Sent {
  readonly told: number
  readonly notes: readonly string[]
  /** The first error; the messages stay for the next tick. */
  readonly error: JobError | null
}

/**
 * Sends the waiting messages, oldest first. Each leaves the file after its own acknowledgement, in a write of its own:
 * whatever is lost after the request, the message is sent again with the same id.
 * @throws JobError `lease-lost`, `store-unreachable`, `store-refused`
 */
export async function tellAll(
  mine: Watch,
  { tell, clock }: { readonly tell: Tell; readonly clock: Clock },
): Promise<Sent> {
  const { toTell, notBefore } = mine.content
  if (toTell.length > 0 && mine.storeNow() < notBefore) return later(0, notBefore)
  let told = 0
  let error: JobError | null = null
  for (const [index, alert] of toTell.entries()) {
    if (index > 0) await clock.sleep(paceMs)
    if (!mine.isMine(tellTimeoutMs + reserveMs)) return { told, notes: [outOfTime], error }
    const telling = await tell(alert)
    if (telling.kind === 'throttled') {
      const until = mine.storeNow() + telling.waitMs
      await mine.save({ notBefore: until })
      return { ...later(told, until), error }
    }
    if (telling.kind === 'told') {
      told += 1
      await mine.save({ toTell: mine.content.toTell.filter(({ id }) => id !== alert.id) })
      continue
    }
    error ??= telling.error
    if (telling.kind === 'unanswered' || telling.all) break
  }
  return { told, notes: [], error }
}

const outOfTime = 'The time of this activation was over before all messages were sent: the next tick goes on.'

function later(told: number, until: number): Sent {
  const note = `The webhook asked to be left alone until ${new Date(until).toISOString()} (Retry-After): messages wait.`
  return { told, notes: [note], error: null }
}
