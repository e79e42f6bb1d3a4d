import { JobError } from '../errors'
import { createStoreClock } from '../state/store-clock'
import { damagedAlert } from './alert'
import { emptyWatch, openWatchFile } from './watch-file'
import type { Clock } from '../clock'
import type { BlobStore } from '../state/blob-store'
import type { WatchContent } from './watch-file'

/** The watchdog's file while this activation has claimed it: of two at once, one tells and the other ends. */
export interface Watch {
  readonly content: WatchContent
  /** ms since the epoch on the store's clock. */
  storeNow(): number
  /** True while a request of this length ends before another activation may take the claim over. */
  isMine(forMs: number): boolean
  /** @throws JobError `lease-lost` where another activation has taken over, `store-unreachable`, `store-refused` */
  save(change: Partial<Omit<WatchContent, 'version' | 'write'>>): Promise<void>
}

export interface ClaimOptions {
  readonly store: BlobStore
  readonly clock: Clock
  readonly activation: string
  /** How long this activation may work, in ms: a killed one blocks the next for no longer. */
  readonly activationMs: number
  readonly channel: string
  readonly newId: () => string
}

/**
 * Claims the watchdog's file by a compare-and-swap; null while another activation has it.
 * @throws JobError `store-unreachable`, `store-refused`
 */
export async function claimWatch(options: ClaimOptions): Promise<Watch | null> {
  const { store, clock, activation, activationMs, channel, newId } = options
  const storeClock = createStoreClock(clock)
  const file = openWatchFile(store, clock, (storeNow) => storeClock.observe(storeNow))
  const found = await file.read()
  const held = found?.content?.claim
  if (held && storeClock.now() < held.until) return null

  const until = storeClock.now() + activationMs
  let content = inChannel(found?.content ?? emptyWatch(channel), channel)
  if (found?.content === null) content = { ...content, toTell: [damagedAlert(newId(), storeClock.now())] }
  let etag = found ? found.etag : null

  /** False where another activation has written. */
  async function swap(next: WatchContent): Promise<boolean> {
    const outcome = await file.write(next, etag)
    if (outcome.kind === 'superseded') return false
    etag = outcome.etag
    content = next
    return true
  }

  if (!(await swap({ ...content, write: newId(), claim: { activation, until } }))) return null
  return {
    get content() {
      return content
    },
    storeNow: () => storeClock.now(),
    isMine: (forMs) => storeClock.now() + forMs < until,
    async save(change) {
      if (!(await swap({ ...content, ...change, write: newId() }))) throw takenOver()
    },
  }
}

/** Another channel knows nothing yet: it is told all that holds. */
function inChannel(content: WatchContent, channel: string): WatchContent {
  if (content.channel === channel) return content
  const names = Object.entries(content.names).map(([name, watched]) => [name, { ...watched, told: {} }])
  return { ...content, channel, names: Object.fromEntries(names) as WatchContent['names'] }
}

function takenOver(): JobError {
  return new JobError(
    'lease-lost',
    'Another activation of the watchdog has taken over.',
    'Nothing to do: it carries on.',
  )
}
