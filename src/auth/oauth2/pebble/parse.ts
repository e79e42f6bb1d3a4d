import { filterPrecedence, precedence, testPrecedence, unaryPrecedence } from './expression'
import { templateFault } from './fault'
import { tokensOf } from './tokens'
import type { BinaryOperator, Expression } from './expression'
import type { Token } from './tokens'

const maxDepth = 50
const constants = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
])

/** Parses one expression by operator precedence. @throws JobError `input-invalid` */
export function parseExpression(text: string): Expression {
  const tokens = tokensOf(text)
  let position = 0
  let depth = 0

  function peek(): Token | undefined {
    return tokens[position]
  }

  function accept(...words: string[]): boolean {
    const ahead = tokens.slice(position, position + words.length)
    const matches = words.every((word, index) => ahead[index]?.text === word && ahead[index].kind !== 'text')
    if (matches) position += words.length
    return matches
  }

  function expect(symbol: string): void {
    if (!accept(symbol)) throw templateFault(`lacks a "${symbol}"`)
  }

  function nameNext(): string {
    const token = peek()
    if (token?.kind !== 'name') throw templateFault('lacks a name')
    position += 1
    return token.text
  }

  function choice(): Expression {
    const on = operation(0)
    if (!accept('?')) return on
    const yes = choice()
    expect(':')
    return { kind: 'choice', on, yes, no: choice() }
  }

  function operation(weakest: number): Expression {
    depth += 1
    if (depth > maxDepth) throw templateFault(`is nested more than ${maxDepth} levels deep`)
    let left = operand()
    for (;;) {
      const extended = extend(left, weakest)
      if (!extended) break
      left = extended
    }
    depth -= 1
    return left
  }

  /** One more operator behind `left`, unless what follows binds more weakly. */
  function extend(left: Expression, weakest: number): Expression | null {
    if (filterPrecedence >= weakest && accept('|')) {
      return { kind: 'filter', of: left, name: nameNext(), args: accept('(') ? list() : [] }
    }
    if (testPrecedence >= weakest && accept('is')) {
      const negated = accept('not')
      return { kind: 'test', of: left, name: nameNext(), negated }
    }
    const operator = peek()
    if (!operator || operator.kind === 'text' || !isOperator(operator.text)) return null
    const strength = precedence[operator.text]
    if (strength < weakest) return null
    position += 1
    return { kind: 'binary', operator: operator.text, left, right: operation(strength + 1) }
  }

  function operand(): Expression {
    if (accept('not')) return { kind: 'unary', operator: 'not', of: operation(unaryPrecedence) }
    if (accept('-')) return { kind: 'unary', operator: '-', of: operation(unaryPrecedence) }
    if (accept('+')) return { kind: 'unary', operator: '+', of: operation(unaryPrecedence) }
    return members(primary())
  }

  function primary(): Expression {
    if (accept('(')) {
      const inner = choice()
      expect(')')
      return inner
    }
    const token = peek()
    position += 1
    if (token?.kind === 'text') return { kind: 'literal', value: token.text }
    if (token?.kind === 'number') return { kind: 'literal', value: Number(token.text) }
    if (token?.kind !== 'name') throw templateFault('ends or breaks off where a value should stand')
    if (accept('(')) return { kind: 'call', name: token.text, args: list() }
    const constant = constants.get(token.text)
    return constant === undefined ? { kind: 'name', name: token.text } : { kind: 'literal', value: constant }
  }

  function members(of: Expression): Expression {
    if (accept('.')) {
      return members({ kind: 'member', of, key: { kind: 'literal', value: nameNext() } })
    }
    if (!accept('[')) return of
    const key = choice()
    expect(']')
    return members({ kind: 'member', of, key })
  }

  /** Arguments up to the closing bracket. */
  function list(): Expression[] {
    const args: Expression[] = []
    if (accept(')')) return args
    do args.push(choice())
    while (accept(','))
    expect(')')
    return args
  }

  const expression = choice()
  if (position < tokens.length) throw templateFault('goes on where it should end')
  return expression
}

function isOperator(text: string): text is BinaryOperator {
  return Object.hasOwn(precedence, text)
}
