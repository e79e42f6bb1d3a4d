import { openWatchFile } from '../../alerts/watch-file'
import { nextWatch } from './next-alarm'
import type { Clock } from '../../clock'
import type { BlobStore } from '../../state/blob-store'
import type { Alarms } from './alarms'
import type { NextAlarm } from './next-alarm'

/** The last tick of the watchdog, which cannot report its own silence. */
export interface WatchdogStatus {
  /** Null where it has never ended a tick; `damaged`: its file cannot be read, and its next tick replaces it. */
  readonly last: { readonly endedAt: string; readonly outcome: string } | 'damaged' | null
  /** Messages that their receiver has not acknowledged. */
  readonly waiting: number
  readonly next: NextAlarm
}

/** @throws JobError `store-unreachable`, `store-refused` */
export async function readWatchdog(files: BlobStore, clock: Clock, alarms: Alarms): Promise<WatchdogStatus> {
  const found = await openWatchFile(files, clock).read()
  const next = nextWatch(alarms, clock.now())
  if (!found?.content) return { last: found ? 'damaged' : null, waiting: 0, next }
  const { last, toTell } = found.content
  return {
    last: last && { endedAt: last.endedAt, outcome: last.outcome },
    waiting: toTell.length,
    next,
  }
}
