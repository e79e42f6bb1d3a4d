import { JobError } from '../../errors'
import { declaredShape } from './declared-shape'
import type { Job } from '../../definition/job'
import type { Page } from '../../sources/source'

/**
 * Compares the fields that a page without records declares with those that every record has: a server that writes a
 * message in place of data would otherwise pass for one that has none, and its slice or file would count as read.
 * @throws JobError `source-malformed`
 */
export function assertFields({ record, joins = {} }: Job, { fields }: Page): void {
  if (!fields) return
  // Fields that a join adds do not come from this source; of a field of any type, the schema does not tell enough.
  const missing = declaredShape(record).fields?.find(
    ({ name, shape, isRequired }) =>
      isRequired && shape.types !== null && !Object.hasOwn(joins, name) && !fields.includes(name),
  )
  if (!missing) return
  throw new JobError(
    'source-malformed',
    `The source sent no record, and its fields lack "${missing.name}", which every record has.`,
    'Look at what the source sends: it may be a message in place of data. If its fields have other names now, correct `record` of the job.',
    { details: { field: missing.name } },
  )
}
