import type { Evidence } from '../../destinations/destination'
import type { Arrival } from '../../state/arrivals'
import type { ArrivalVerdict } from '../../state/events'

/** The verdict on an open arrival, from its evidence. @param storeNow ms since the epoch on the store's clock */
export function judgeArrival(
  { id, rows, confirmedAt }: Arrival,
  { kind, rows: found, causes }: Evidence,
  { withinMs, storeNow }: { readonly withinMs: number; readonly storeNow: number },
): ArrivalVerdict {
  if (found >= rows) return { id, rows, found, kind: kind === 'proof' ? 'arrived' : 'indicated' }
  if (storeNow - confirmedAt < withinMs) return { id, rows, found, kind: 'waiting' }
  return { id, rows, found, kind: 'missing', causes: causes.map(({ code }) => code) }
}

/** True where storing it changes the arrival. */
export function isNews(verdict: ArrivalVerdict, { found, missing }: Arrival): boolean {
  if (verdict.kind === 'arrived' || verdict.kind === 'indicated') return true
  if (verdict.found !== found) return true
  return verdict.kind === 'missing' && missing?.causes.join() !== verdict.causes.join()
}
