import type { Refusal, SendAnswer, SendWindow, Unknown } from '../../../src/destinations/destination'
import type { Choices } from '../choices'
import type { Process, WorldTime } from '../time'

/** What lies between one process and a model destination. */
export interface Network {
  readonly time: WorldTime
  readonly process: Process
  readonly choices: Choices
  readonly sendTimeoutMs: number
  /** How long an accepted batch may be missing from lookups, or a lost request may still take effect. */
  readonly delayMs: number
}

/** What can happen to the request that makes a batch count, 0 being the plain case. */
export const sendOutcomes = [
  'accepted',
  'accepted',
  'accepted',
  'reply-lost',
  'request-lost',
  'late',
  'throttled',
  'html-500-accepted',
  'html-500-refused',
  'not-sent',
  'unauthorized',
  'not-permitted',
] as const

type SendOutcome = (typeof sendOutcomes)[number]

/**
 * The request that makes a batch count. `accept` is its effect, which takes place whether or not the sender lives on:
 * `late` after the sender has given up, but before an absence proves anything.
 */
export async function sendOver<Receipt>(
  { time, process, choices, sendTimeoutMs, delayMs }: Network,
  { isOpen, signal }: SendWindow,
  accept: (visibleAfterMs: number) => Receipt,
  answer: (receipt: Receipt) => SendAnswer,
): Promise<SendAnswer> {
  const outcome: SendOutcome = sendOutcomes[choices.next(sendOutcomes.length)] ?? 'accepted'
  const visibleAfterMs = choices.next(3) * Math.floor(delayMs / 3)
  await process.gate()
  if (!isOpen() || outcome === 'not-sent') return { kind: 'not-sent', message: 'nothing left' }
  const accepted =
    outcome === 'accepted' || outcome === 'reply-lost' || outcome === 'html-500-accepted'
      ? time.sleep(50).then(() => accept(visibleAfterMs))
      : null
  if (outcome === 'late') void time.sleep(sendTimeoutMs + Math.floor(delayMs / 2)).then(() => accept(0))
  if (outcome === 'reply-lost' || outcome === 'request-lost' || outcome === 'late') {
    await process.clock.sleep(sendTimeoutMs * 2, signal).catch(() => undefined)
    await process.gate()
    return { kind: 'unknown', message: 'no answer' }
  }
  await process.call(100, () => undefined)
  if (outcome === 'throttled') return { kind: 'throttled', retryAfterMs: 5_000 }
  if (outcome === 'unauthorized' || outcome === 'not-permitted') return { kind: outcome, message: 'refused' }
  return outcome === 'accepted' && accepted
    ? answer(await accepted)
    : { kind: 'unknown', message: 'HTTP 500' }
}

/** What can happen to a request that asks or prepares, 0 being the plain case. */
export const askOutcomes = [
  'answered',
  'answered',
  'answered',
  'answered',
  'html-500',
  'throttled',
  'unauthorized',
  'not-permitted',
  'not-sent',
] as const

/** A request that only counts where it is answered. */
export async function askOver<Answer>(
  { process, choices }: Network,
  answer: () => Answer,
): Promise<Answer | Refusal | Unknown> {
  const outcome = askOutcomes[choices.next(askOutcomes.length)] ?? 'answered'
  if (outcome === 'not-sent') return { kind: 'not-sent', message: 'nothing left' }
  return process.call<Answer | Refusal | Unknown>(100, () => {
    if (outcome === 'html-500') return { kind: 'unknown', message: 'HTTP 500' }
    if (outcome === 'throttled') return { kind: 'throttled', retryAfterMs: null }
    if (outcome !== 'answered') return { kind: outcome, message: 'refused' }
    return answer()
  })
}
