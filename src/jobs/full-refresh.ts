import * as z from 'zod'
import { parseOptions } from '../options'
import { ChangePolicy, LatePolicy, PrimaryKey } from './declaration'
import type { ChangeOf } from './option-rules'
import type { FullRefresh, Late, OnChange } from './sync'

export interface FullRefreshOptions<Key extends string, Change extends OnChange> {
  /** The field or fields by which a record is the same record. */
  readonly primaryKey: Key | readonly [Key, ...Key[]]
  /** Policy for a record that was sent before and comes again with other content. Default `ignore`. */
  readonly onChange?: Change
  /** Policy for the rows of a record that the source no longer has. Only `keep` exists. */
  readonly onVanished?: FullRefresh['onVanished']
  /** Policy for a row older than rows that its partition has already sent. Default `send`. */
  readonly late?: Late
}

/** {@link FullRefresh} with its literal types. */
export interface FullRefreshOf<Key extends string, Change extends OnChange> extends FullRefresh {
  readonly primaryKey: readonly Key[]
  readonly onChange: ChangeOf<Change>
}

const Options = z.strictObject({
  primaryKey: PrimaryKey,
  onChange: ChangePolicy.default('ignore'),
  onVanished: z.literal('keep', { error: 'must be "keep"' }).default('keep'),
  late: LatePolicy.default('send'),
})

/** Each run reads all records and sends the new ones. */
export function fullRefresh<const Key extends string, const Change extends OnChange = never>(
  given: FullRefreshOptions<Key, Change>,
): FullRefreshOf<Key, Change> {
  const { options, faults } = parseOptions('fullRefresh', Options, given)
  const { primaryKey = [], onChange = 'ignore', onVanished = 'keep', late = 'send' } = options ?? {}
  const sync: FullRefresh = { mode: 'full-refresh', primaryKey, onChange, onVanished, late, faults }
  return sync as FullRefreshOf<Key, Change>
}
