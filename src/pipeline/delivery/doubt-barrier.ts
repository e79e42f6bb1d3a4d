import type { Delivery } from '../../destinations/destination'
import type { EngineSettings } from '../settings'

/**
 * Upsert: the time until which a lost request may still take effect, so that newer values must wait. 0 for other kinds.
 * @param doubtFrom on the store's clock
 */
export function doubtBarrier(
  delivery: Delivery,
  { sendTimeoutMs }: Pick<EngineSettings, 'sendTimeoutMs'>,
  doubtFrom: number,
): number {
  return delivery.kind === 'upsert' ? doubtFrom + sendTimeoutMs + delivery.settleMs : 0
}
