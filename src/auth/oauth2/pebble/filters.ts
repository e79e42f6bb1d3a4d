import { createHash } from 'node:crypto'
import { templateFault } from './fault'
import { isEmpty, isList, isMap, toNumber, toText } from './value'
import type { Value } from './value'

type Function = (args: readonly Value[]) => Value

/** The first argument is what stands before the `|`. @see Pebble, built-in filters */
export const filters: ReadonlyMap<string, Function> = new Map<string, Function>([
  ['abs', ([of = null]) => Math.abs(toNumber(of))],
  ['base64decode', ([of = null]) => Buffer.from(toText(of), 'base64').toString('utf8')],
  ['base64encode', ([of = null]) => Buffer.from(toText(of)).toString('base64')],
  ['capitalize', ([of = null]) => toText(of).replace(/^./u, (first) => first.toUpperCase())],
  ['default', ([of = null, fallback = null]) => (isEmpty(of) ? fallback : of)],
  ['escape', ([of = null]) => escapeHtml(toText(of))],
  ['first', ([of = null]) => elementsOf(of)[0] ?? null],
  ['join', ([of = null, between = '']) => elementsOf(of).map(toText).join(toText(between))],
  ['last', ([of = null]) => elementsOf(of).at(-1) ?? null],
  ['length', ([of = null]) => elementsOf(of).length],
  ['lower', ([of = null]) => toText(of).toLowerCase()],
  ['raw', ([of = null]) => of],
  ['sha256', ([of = null]) => createHash('sha256').update(toText(of)).digest('hex')],
  ['split', ([of = null, by = '']) => toText(of).split(toText(by))],
  ['trim', ([of = null]) => toText(of).trim()],
  ['upper', ([of = null]) => toText(of).toUpperCase()],
  ['urlencode', ([of = null]) => formEncode(toText(of))],
])

/** `formUrlEncode(k1, v1, k2, v2, …)` is Adobe's own addition. */
export const functions: ReadonlyMap<string, Function> = new Map<string, Function>([
  ['formUrlEncode', formUrlEncode],
  ['max', (args) => Math.max(...args.map(toNumber))],
  ['min', (args) => Math.min(...args.map(toNumber))],
])

export const tests: ReadonlyMap<string, (of: Value) => boolean> = new Map<string, (of: Value) => boolean>([
  ['defined', (of) => of !== null],
  ['empty', isEmpty],
  ['even', (of) => toNumber(of) % 2 === 0],
  ['iterable', isList],
  ['map', isMap],
  ['null', (of) => of === null],
  ['odd', (of) => toNumber(of) % 2 !== 0],
])

function formUrlEncode(args: readonly Value[]): string {
  if (args.length % 2 !== 0) throw templateFault('gives formUrlEncode a name without a value')
  const form = new URLSearchParams()
  for (let index = 0; index < args.length; index += 2) {
    form.append(toText(args[index] ?? null), toText(args[index + 1] ?? null))
  }
  return form.toString()
}

function formEncode(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}

function elementsOf(value: Value): readonly Value[] {
  return isList(value) ? value : Array.from(toText(value))
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '')
}
