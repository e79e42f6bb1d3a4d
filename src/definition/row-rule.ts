import type { IsAny, Mistake } from '../mistake'

/** The result of `map`: a row, several, or none. */
export type RowsOf<Row> = Row | readonly Row[] | null

/**
 * `Mapped`, unless it has a column that the destination does not declare. The compiler's own check finds such a column
 * only in a plain object literal, not in a list, a conditional spread or a variable.
 */
export type ExactRows<Mapped, Row> = Mapped &
  (unknown extends Row
    ? unknown
    : [Undeclared<Mapped, Row>] extends [never]
      ? unknown
      : Refusal<Mapped, NotDeclared<Mapped, Undeclared<Mapped, Row>>>)

/** `any` would pass every check. */
export type AnyRule<Mapped> =
  IsAny<Mapped> extends true
    ? { readonly map: Mistake<'`map` returns the type any, so its columns cannot be checked.'> }
    : unknown

type ItemOf<Mapped> = Mapped extends readonly (infer Item)[] ? Item : Mapped

type Undeclared<Mapped, Row> = UndeclaredIn<ItemOf<Mapped>, Row>
type UndeclaredIn<Item, Row> = Item extends object ? Exclude<keyof Item, keyof Row> & string : never

type NotDeclared<Mapped, Name extends string> = {
  readonly [N in Name]?: IsAny<ValueAt<ItemOf<Mapped>, N>> extends true
    ? never
    : `The destination does not declare the column ${N}.`
}
type ValueAt<Item, Name extends string> =
  Item extends Partial<Readonly<Record<Name, infer Value>>> ? Value : never

type Refusal<Mapped, Columns> = Mapped extends null
  ? null
  : Mapped extends readonly unknown[]
    ? // `& object`: a row that has none of these columns is no mistake.
      readonly (Columns & object)[]
    : Columns
