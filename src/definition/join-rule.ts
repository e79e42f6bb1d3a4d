import type { IsAny, Mistake } from '../mistake'
import type { Join } from './join'

export type Joins = Readonly<Record<string, Join>>

/** Rules between the joins of a job and the record that gets their fields, before it is parsed. */
export type JoinRules<J, Input> = {
  readonly [Name in keyof J]: J[Name] & JoinRule<J[Name], Name & string, Input>
}

type JoinRule<One, Name extends string, Input> = string extends Name
  ? unknown
  : Name extends keyof Input
    ? One extends Join<infer Field, infer When>
      ? ValueRule<Input[Name], Field, When, Name>
      : unknown
    : Mistake<`The record has no field '${Name}' for the join.`>

type ValueRule<Value, Field extends string, When, Name extends string> =
  IsAny<Value> extends true
    ? Mistake<`'${Name}' has the type any: declare the joined fields in \`record\`.`>
    : 'null' extends When
      ? null extends Value
        ? FieldsRule<NonNullable<Value>, Field, Name>
        : Mistake<`'${Name}' is null where the join has no match: declare it nullable in \`record\`.`>
      : FieldsRule<NonNullable<Value>, Field, Name>

/** Each required field must be joined. */
type FieldsRule<Value, Field extends string, Name extends string> = [
  Exclude<Required<Value>, Field>,
] extends [never]
  ? unknown
  : Mistake<`The join does not bring the field '${Name}.${Exclude<Required<Value>, Field>}'.`>

type Required<Value> = {
  [Name in keyof Value & string]: undefined extends Value[Name] ? never : Name
}[keyof Value & string]
