import type { Value } from './value'

/** What an expression was parsed into. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Expression; readonly key: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | {
      readonly kind: 'filter'
      readonly of: Expression
      readonly name: string
      readonly args: readonly Expression[]
    }
  | { readonly kind: 'test'; readonly of: Expression; readonly name: string; readonly negated: boolean }
  | { readonly kind: 'unary'; readonly operator: 'not' | '-' | '+'; readonly of: Expression }
  | {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly kind: 'choice'; readonly on: Expression; readonly yes: Expression; readonly no: Expression }

/** Weakest first; `|` and the tests stand among them. @see Pebble, operator precedence */
export const precedence = {
  or: 10,
  and: 15,
  contains: 20,
  '==': 30,
  equals: 30,
  '!=': 30,
  '<': 30,
  '>': 30,
  '<=': 30,
  '>=': 30,
  '+': 40,
  '-': 40,
  '*': 60,
  '/': 60,
  '%': 60,
  '~': 110,
} as const
export type BinaryOperator = keyof typeof precedence

export const testPrecedence = 20
export const filterPrecedence = 100
export const unaryPrecedence = 500
