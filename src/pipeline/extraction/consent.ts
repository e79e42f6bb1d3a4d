import { valueAt } from '../../field-path'
import type { ConsentRule } from '../../jobs/job'

/**
 * Whether a record may be used: its consent has one of the values that mean so. An absent field means none.
 * @param record as the job's schema parsed it
 */
export function hasConsent(rule: ConsentRule | undefined, record: unknown): boolean {
  if (!rule) return true
  const value = valueAt(record, rule.field)
  return rule.granted.some((granted) => granted === value)
}
