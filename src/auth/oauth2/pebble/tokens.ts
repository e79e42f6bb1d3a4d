import { templateFault } from './fault'

/** One word of an expression. */
export interface Token {
  readonly kind: 'text' | 'number' | 'name' | 'symbol'
  readonly text: string
}

/** A stretch of a template: plain text, `{{ expression }}` or `{% tag %}`. Comments are gone. */
export interface Segment {
  readonly kind: 'text' | 'print' | 'tag'
  readonly text: string
}

const maxLength = 10_000
/** Per expression; also bounds how deep one can nest. */
const maxTokens = 500

/** Delimited so that a closing brace inside of a string does not end the expression. */
const delimited =
  /\{#[^]*?#\}|\{\{((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^"'])*?)\}\}|\{%((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^"'])*?)%\}/g

/** @throws JobError `input-invalid` on a template that is too long or has an open end */
export function segmentsOf(template: string): Segment[] {
  if (template.length > maxLength) throw templateFault(`is longer than ${maxLength} characters`)
  const segments: Segment[] = []
  let end = 0
  for (const match of template.matchAll(delimited)) {
    segments.push(plain(template.slice(end, match.index)))
    const [whole, print, tag] = match
    if (print !== undefined) segments.push({ kind: 'print', text: print })
    if (tag !== undefined) segments.push({ kind: 'tag', text: tag })
    end = match.index + whole.length
  }
  segments.push(plain(template.slice(end)))
  return segments.filter(({ kind, text }) => kind !== 'text' || text !== '')
}

function plain(text: string): Segment {
  if (/\{\{|\{%|\{#/.test(text)) throw templateFault('has a brace that is opened and never closed')
  return { kind: 'text', text }
}

const word =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(==|!=|<=|>=|[-+*/%~|?:.,()[\]<>=]))/y

/** @throws JobError `input-invalid` on a character that begins no word, or too many words */
export function tokensOf(expression: string): Token[] {
  const tokens: Token[] = []
  const text = expression.trim()
  for (word.lastIndex = 0; word.lastIndex < text.length;) {
    const match = word.exec(text)
    if (!match) throw templateFault('has a character that is no part of an expression')
    if (tokens.length >= maxTokens) throw templateFault(`has an expression of more than ${maxTokens} words`)
    const [, quoted, number, name, symbol] = match
    if (quoted !== undefined) tokens.push({ kind: 'text', text: unquoted(quoted) })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number })
    else if (name !== undefined) tokens.push({ kind: 'name', text: name })
    else tokens.push({ kind: 'symbol', text: symbol ?? '' })
  }
  return tokens
}

function unquoted(literal: string): string {
  return literal.slice(1, -1).replace(/\\(.)/g, '$1')
}
