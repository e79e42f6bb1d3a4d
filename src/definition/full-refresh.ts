import * as z from 'zod'
import { parseOptions } from '../options'
import { ChangePolicy, LatePolicy, PrimaryKey } from './declaration'
import type { ChangeOf } from './option-rules'
import type { FullRefresh, Late, OnChange, OnVanished } from './sync'

export interface FullRefreshOptions<
  Key extends string,
  Change extends OnChange,
  Vanished extends OnVanished = 'keep',
> {
  /** The field or fields by which a record is the same record. */
  readonly primaryKey: Key | readonly [Key, ...Key[]]
  /** Policy for a record that was sent before and comes again with other content. Default `ignore`. */
  readonly onChange?: Change
  /** Policy for the keys of a record that the source no longer has. Default `keep`. */
  readonly onVanished?: Vanished
  /** Policy for a row older than rows that its partition has already sent. Default `send`. */
  readonly late?: Late
}

/** {@link FullRefresh} with its literal types. */
export interface FullRefreshOf<
  Key extends string,
  Change extends OnChange,
  Vanished extends OnVanished = 'keep',
> extends FullRefresh {
  readonly primaryKey: readonly Key[]
  readonly onChange: ChangeOf<Change>
  readonly onVanished: Vanished
}

const Options = z.strictObject({
  primaryKey: PrimaryKey,
  onChange: ChangePolicy.default('ignore'),
  onVanished: z.enum(['keep', 'delete-key'], { error: 'must be "keep" or "delete-key"' }).default('keep'),
  late: LatePolicy.default('send'),
})

/** Each run reads all records and sends the new ones. */
export function fullRefresh<
  const Key extends string,
  const Change extends OnChange = never,
  const Vanished extends OnVanished = 'keep',
>(given: FullRefreshOptions<Key, Change, Vanished>): FullRefreshOf<Key, Change, Vanished> {
  const { options, faults } = parseOptions('fullRefresh', Options, given)
  const { primaryKey = [], onChange = 'ignore', onVanished = 'keep', late = 'send' } = options ?? {}
  const sync: FullRefresh = { mode: 'full-refresh', primaryKey, onChange, onVanished, late, faults }
  return sync as FullRefreshOf<Key, Change, Vanished>
}
