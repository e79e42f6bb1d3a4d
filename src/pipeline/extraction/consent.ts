import { valueAt } from '../../field-path'
import type { ConsentRule } from '../../definition/job'

/**
 * True where a record may be used: its consent field has one of the declared values. An absent field means no consent.
 * @param record as the job's schema parsed it
 */
export function hasConsent(rule: ConsentRule | undefined, record: unknown): boolean {
  if (!rule) return true
  const value = valueAt(record, rule.field)
  return rule.granted.some((granted) => granted === value)
}
