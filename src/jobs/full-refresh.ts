import * as z from 'zod'
import { parseOptions } from '../options'
import { ChangePolicy, LatePolicy, PrimaryKey } from './declaration'
import type { ChangeOf } from './option-rules'
import type { FullRefresh, Late, OnChange } from './sync'

export interface FullRefreshOptions<Key extends string, Change extends OnChange> {
  /** The field or fields by which a record is the same record. */
  readonly primaryKey: Key | readonly [Key, ...Key[]]
  /** What becomes of a record that was sent and comes again with other content. Default `ignore`. */
  readonly onChange?: Change
  /** What becomes of what was sent for a record that is gone from the source. `keep` is the only way there is. */
  readonly onVanished?: FullRefresh['onVanished']
  /** What becomes of a row that is older than what its partition has already sent. Default `send`. */
  readonly late?: Late
}

/** {@link FullRefresh} with what the compiler knows of it. */
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

/** Each run reads everything and sends what is new. */
export function fullRefresh<const Key extends string, const Change extends OnChange = never>(
  given: FullRefreshOptions<Key, Change>,
): FullRefreshOf<Key, Change> {
  const { options, faults } = parseOptions('fullRefresh', Options, given)
  const { primaryKey = [], onChange = 'ignore', onVanished = 'keep', late = 'send' } = options ?? {}
  const sync: FullRefresh = { mode: 'full-refresh', primaryKey, onChange, onVanished, late, faults }
  return sync as FullRefreshOf<Key, Change>
}
