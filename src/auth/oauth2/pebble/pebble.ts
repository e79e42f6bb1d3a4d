import { formUrlEncode, isEmpty, member, templateError, toText } from './value'
import type { Value } from './value'

type Expression =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly keys: readonly (string | number)[] }
  | { readonly kind: 'form'; readonly pairs: readonly Expression[] }
  | { readonly kind: 'empty'; readonly of: Expression; readonly negated: boolean }

const maxLength = 10_000
const maxOutput = 100_000

/**
 * Renders the part of Pebble that Adobe prints in its access token requests: text, and `{{ }}` around a path, a string,
 * `formUrlEncode(…)`, `is empty`, `is not empty` and `| raw`. Everything else is an error. Nothing is escaped: no
 * template of an access token request is HTML.
 * @param data the values that the first name of a path may refer to
 * @see https://pebbletemplates.io and Adobe Experience Platform, Destination SDK, OAuth 2 authorization
 * @throws JobError `input-invalid`
 */
export function renderTemplate(template: string, data: Readonly<Record<string, Value>>): string {
  let output = ''
  for (const part of parseTemplate(template, Object.keys(data))) {
    output += toText(evaluate(part, data))
    if (output.length > maxOutput) throw templateError(`renders more than ${maxOutput} characters`)
  }
  return output
}

/** @throws JobError `input-invalid` for what {@link renderTemplate} does not support, and for paths outside of `names` */
export function parseTemplate(template: string, names: readonly string[]): readonly Expression[] {
  if (template.length > maxLength) throw templateError(`is longer than ${maxLength} characters`)
  const parts: Expression[] = []
  let end = 0
  for (let open = template.indexOf('{{'); open >= 0; open = template.indexOf('{{', end)) {
    parts.push(plainText(template.slice(end, open)))
    const parsed = parsePrinted(template, open + 2, names)
    parts.push(parsed.expression)
    end = parsed.end
  }
  return [...parts, plainText(template.slice(end))]
}

function plainText(text: string): Expression {
  const [open] = /\{[%#]/.exec(text) ?? []
  if (open !== undefined) throw templateError(`contains "${open}"; only {{ }} is supported`)
  return { kind: 'text', text }
}

const string = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/
const path = /([A-Za-z_]\w*)((?:\.\w+|\[(?:\d{1,9}|"[^"]*"|'[^']*')\])*)/
const key = /\.(\w+)|\[(\d+)\]|\[["'](.*?)["']\]/g

/**
 * Parses from after `{{` to after `}}`. Errors name a position and quote nothing, because a secret might stand there.
 */
function parsePrinted(
  template: string,
  start: number,
  names: readonly string[],
): { readonly expression: Expression; readonly end: number } {
  let position = start

  /** Reads the next token, if it matches. */
  function read(pattern: RegExp): RegExpExecArray | null {
    const here = new RegExp(`\\s*(?:${pattern.source})`, 'sy')
    here.lastIndex = position
    const match = here.exec(template)
    if (match) position = here.lastIndex
    return match
  }

  function expect(pattern: RegExp, wanted: string): void {
    if (!read(pattern)) throw templateError(`lacks ${wanted} at character ${nextCharacter()}`)
  }

  /** Position of the next token, counted from 1. */
  function nextCharacter(): number {
    return template.length - template.slice(position).trimStart().length + 1
  }

  function operand(): Expression {
    const quoted = read(string)
    if (quoted) return { kind: 'text', text: (quoted[1] ?? quoted[2] ?? '').replace(/\\(.)/gs, '$1') }
    if (read(/formUrlEncode\s*\(/)) return { kind: 'form', pairs: pairs() }
    const at = nextCharacter()
    const [, name = '', keys = ''] = read(path) ?? []
    if (name === '') throw templateError(`lacks a path, a string or formUrlEncode(…) at character ${at}`)
    if (!names.includes(name)) {
      throw templateError(`has a name other than ${names.join(', ')} at character ${at}`)
    }
    return { kind: 'path', keys: [name, ...Array.from(keys.matchAll(key), keyOf)] }
  }

  function pairs(): Expression[] {
    const found: Expression[] = []
    if (read(/\)/)) return found
    do found.push(operand())
    while (read(/,/))
    expect(/\)/, '")"')
    if (found.length % 2 !== 0) throw templateError('gives formUrlEncode a name without a value')
    return found
  }

  function printed(): Expression {
    const of = operand()
    while (read(/\|/)) expect(/raw\b/, '"raw", the only supported filter,')
    if (!read(/is\b/)) return of
    const negated = read(/not\b/) !== null
    expect(/empty\b/, '"empty", the only supported test,')
    return { kind: 'empty', of, negated }
  }

  const expression = printed()
  expect(/\}\}/, '"}}"')
  return { expression, end: position }
}

function keyOf([, name, index, quoted]: RegExpExecArray): string | number {
  return index === undefined ? (name ?? quoted ?? '') : Number(index)
}

function evaluate(expression: Expression, data: Readonly<Record<string, Value>>): Value {
  switch (expression.kind) {
    case 'text':
      return expression.text
    case 'path':
      return expression.keys.reduce<Value>(member, data)
    case 'form':
      return formUrlEncode(expression.pairs.map((part) => toText(evaluate(part, data))))
    case 'empty':
      return isEmpty(evaluate(expression.of, data)) !== expression.negated
  }
}
