import { templateFault } from './fault'
import { filters, functions, tests } from './filters'
import { isList, isMap, member, toBoolean, toNumber, toText } from './value'
import type { BinaryOperator, Expression } from './expression'
import type { Value } from './value'

/** What names stand for. */
export type Scope = ReadonlyMap<string, Value>

/** The value of an expression; an unknown name is null. @throws JobError `input-invalid` */
export function evaluate(expression: Expression, scope: Scope): Value {
  const valueOf = (part: Expression): Value => evaluate(part, scope)
  switch (expression.kind) {
    case 'literal':
      return expression.value
    case 'name':
      return scope.get(expression.name) ?? null
    case 'member':
      return member(valueOf(expression.of), valueOf(expression.key))
    case 'call':
      return find(functions, expression.name, 'function')(expression.args.map(valueOf))
    case 'filter':
      return find(filters, expression.name, 'filter')([expression.of, ...expression.args].map(valueOf))
    case 'test':
      return find(tests, expression.name, 'test')(valueOf(expression.of)) !== expression.negated
    case 'unary':
      return negated(expression.operator, valueOf(expression.of))
    case 'binary':
      return combined(expression.operator, expression.left, expression.right, valueOf)
    case 'choice':
      return toBoolean(valueOf(expression.on)) ? valueOf(expression.yes) : valueOf(expression.no)
  }
}

function negated(operator: 'not' | '-' | '+', value: Value): Value {
  if (operator === 'not') return !toBoolean(value)
  return operator === '-' ? -toNumber(value) : toNumber(value)
}

function combined(
  operator: BinaryOperator,
  left: Expression,
  right: Expression,
  valueOf: (part: Expression) => Value,
): Value {
  const a = valueOf(left)
  if (operator === 'and') return toBoolean(a) && toBoolean(valueOf(right))
  if (operator === 'or') return toBoolean(a) || toBoolean(valueOf(right))
  const b = valueOf(right)
  switch (operator) {
    case '~':
      return toText(a) + toText(b)
    case '==':
    case 'equals':
      return a === b
    case '!=':
      return a !== b
    case 'contains':
      return contains(a, b)
    case '<':
      return toNumber(a) < toNumber(b)
    case '>':
      return toNumber(a) > toNumber(b)
    case '<=':
      return toNumber(a) <= toNumber(b)
    case '>=':
      return toNumber(a) >= toNumber(b)
    case '+':
      return toNumber(a) + toNumber(b)
    case '-':
      return toNumber(a) - toNumber(b)
    case '*':
      return toNumber(a) * toNumber(b)
    case '/':
      return toNumber(a) / toNumber(b)
    case '%':
      return toNumber(a) % toNumber(b)
  }
}

function contains(within: Value, part: Value): boolean {
  if (isList(within)) return within.includes(part)
  if (isMap(within)) return typeof part === 'string' && Object.hasOwn(within, part)
  return toText(within).includes(toText(part))
}

function find<T>(known: ReadonlyMap<string, T>, name: string, what: string): T {
  const found = known.get(name)
  if (found) return found
  throw templateFault(`uses the ${what} "${name}", which is not one of: ${[...known.keys()].join(', ')}`)
}
