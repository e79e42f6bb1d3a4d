import type { IsAny, Mistake } from '../mistake'
import type { RecordCursor } from './sync'

type Missing = Mistake<'missing'>

/** The type of the field at a dotted path. Null and undefined on the way count, because the field may then be absent. */
type FieldAt<Value, Path extends string> = Value extends null | undefined
  ? Value
  : Path extends `${infer Head}.${infer Rest}`
    ? Head extends keyof Value
      ? FieldAt<Value[Head], Rest>
      : Missing
    : Path extends keyof Value
      ? Value[Path]
      : Missing

/** The types that a cursor of each notation can read. */
type Readable<Cursor> =
  Cursor extends RecordCursor<string, 'instant', 's' | 'ms'>
    ? number
    : Cursor extends RecordCursor<string, 'instant'>
      ? string | Date
      : Cursor extends RecordCursor<string, 'number'>
        ? number | bigint
        : string

export type CursorRule<Cursor, Output> =
  Cursor extends RecordCursor<infer Path> ? FieldRule<Output, Path, Readable<Cursor>, 'the cursor'> : unknown

export type KeyRule<Key, Output> = Key extends readonly (infer Path extends string)[]
  ? Intersection<
      Path extends unknown
        ? { readonly rule: FieldRule<Output, Path, string | number | bigint | boolean, 'the primary key'> }
        : never
    >
  : unknown

type Intersection<Rules> = (
  Rules extends { readonly rule: infer Rule } ? (rule: Rule) => void : never
) extends (rule: infer All) => void
  ? All
  : never

/** A path that is not a literal is checked when the job is opened. */
type FieldRule<Output, Path extends string, Wanted, Use extends string> = string extends Path
  ? unknown
  : ValueRule<FieldAt<Output, Path>, Path, Wanted, Use>

type ValueRule<Value, Path extends string, Wanted, Use extends string> =
  IsAny<Value> extends true
    ? Mistake<`'${Path}' has the type any: declare the field in \`record\`, so that ${Use} can rely on it.`>
    : [Value] extends [Wanted]
      ? unknown
      : unknown extends Value
        ? Mistake<`'${Path}' has another type than ${Use} can read.`>
        : Missing extends Value
          ? Mistake<`The record has no field '${Path}' for ${Use}.`>
          : null extends Value
            ? Mistake<`'${Path}' may be null, and ${Use} cannot read that.`>
            : undefined extends Value
              ? Mistake<`'${Path}' may be absent, and ${Use} cannot read that.`>
              : Mistake<`'${Path}' has another type than ${Use} can read.`>
