import type { ParseArgsConfig } from 'node:util'

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

/** The options of `new-job`. */
export const wishOptions = {
  name: text,
  url: text,
  auth: text,
  'api-key-header': text,
  'token-path': text,
  records: text,
  'page-param': text,
  'single-page': flag,
  'since-param': text,
  'from-param': text,
  'to-param': text,
  start: text,
  cursor: text,
  'primary-key': text,
  'time-zone': text,
  destination: text,
  column: { type: 'string', multiple: true },
  visitor: text,
  timestamp: text,
  variable: text,
  practice: flag,
  yes: flag,
} as const satisfies NonNullable<ParseArgsConfig['options']>

/** The options whose value is one text: those that a question can ask for. */
export type WishName = {
  [Name in keyof typeof wishOptions]: (typeof wishOptions)[Name]['type'] extends 'string' ? Name : never
}[keyof typeof wishOptions]

/** What the author wants, as far as they have said it. */
export type Wishes = Readonly<Partial<Record<Exclude<WishName, 'column'>, string>>> & {
  readonly column?: readonly string[]
  readonly 'single-page'?: boolean
  readonly practice?: boolean
  readonly yes?: boolean
  readonly json?: boolean
}

/** One thing that neither the answer nor the options say. */
export interface Question {
  readonly option: WishName
  /** As a sentence, with what is known. */
  readonly text: string
  /** Without a terminal, and for an empty answer. A question without one must be answered. */
  readonly fallback?: string
}

/** The wishes with the answer to a question; columns are separated by commas. */
export function withAnswer(wishes: Wishes, { option }: Question, answer: string): Wishes {
  if (option !== 'column') return { ...wishes, [option]: answer }
  return { ...wishes, column: answer.split(',').map((column) => column.trim()) }
}
