import type { Semantics } from '../destinations/destination'
import type { Capability, Paging } from '../sources/source'
import type { CursorRule, KeyRule } from './field-rules'
import type { Mistake } from '../mistake'
import type { PageCursor, Sync } from './sync'

/**
 * Rules between a sync mode and the record, the source and the destination. A type without the facts (such as a source
 * of the wide type `SourceDefinition`) is checked when the job is opened.
 */
export type SyncRule<S extends Sync, Output, C extends Capability, P extends Paging, D extends Semantics> =
  // One rule after the other: the compiler then prints one message, not their intersection.
  First<
    [
      CapabilityRule<S, C>,
      PagingRule<S, P>,
      ChangeRule<S, D>,
      VanishedRule<S, D>,
      S extends { readonly cursor: infer Cursor } ? CursorRule<Cursor, Output> : unknown,
      KeyRule<S['primaryKey'], Output>,
    ]
  >

type First<Rules extends readonly unknown[]> = Rules extends readonly [infer Rule, ...infer Rest]
  ? unknown extends Rule
    ? First<Rest>
    : Rule
  : unknown

type CapabilityRule<S extends Sync, C extends Capability> = S['mode'] extends 'full-refresh'
  ? unknown
  : S['mode'] extends 'sliced'
    ? 'range' extends C
      ? unknown
      : Mistake<'The source has no filter for a slice: set `rangeParams`, or declare `clientFilter`.'>
    : S extends { readonly cursor: PageCursor }
      ? 'page-cursor' extends C
        ? unknown
        : Mistake<'The pages of this source carry no cursor.'>
      : 'since' extends C
        ? unknown
        : Mistake<'The source has no filter for a cursor: set `sinceParam`, or declare `clientFilter`.'>

type PagingRule<S extends Sync, P extends Paging> = 'shifting' extends P
  ? null extends S['primaryKey']
    ? Mistake<'The pages of this source may overlap: the job needs a primaryKey to recognise records that come twice.'>
    : unknown
  : unknown

type ChangeRule<S extends Sync, D extends Semantics> = 'send' extends S['onChange']
  ? 'append' extends D
    ? Mistake<'The destination adds rows and replaces none: sending a changed record would count it twice.'>
    : unknown
  : unknown

type VanishedRule<S extends Sync, D extends Semantics> = S extends { readonly onVanished: infer Vanished }
  ? 'delete-key' extends Vanished
    ? 'append' extends D
      ? Mistake<'The destination adds rows and has no keys: it deletes none.'>
      : unknown
    : unknown
  : unknown
