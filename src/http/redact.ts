import { asItIs, encodingsOf, mayBeEscaped } from './encodings'
import type { Encodings } from './encodings'

const mask = '[redacted]'
/** Shorter values are replaced as whole words only, because many other words contain them. */
const shortest = 6
/** V8 does not compile larger expressions: several of this size are faster than one large one. */
const sourceChars = 6_000
/** User and password in a URL, also unknown ones. */
const userInfo = /(?<=:\/\/)[^\s/@:]*:[^\s/@]+(?=@)/g

/** Replaces secret values in texts before they are printed, answered or stored. */
export interface Redactor {
  /**
   * Adds a secret with the forms in which a server may repeat it: base64 (also inside of a longer value), hex, and
   * every character escaped for URLs, HTML or JSON. Of a list each part is added, of a PEM key each line.
   */
  readonly add: (secret: unknown) => void
  /** Replaces every known secret by `[redacted]`, the longest first. Idempotent. */
  readonly text: (text: string) => string
  /**
   * A copy with every text and number redacted, at any depth. Keys stay, because the app defines them. For output only.
   * In durable state, redact only free text (messages, notes): a cursor or a name that equals a secret would become
   * another cursor or name.
   */
  readonly value: <T>(value: T) => T
}

interface Expressions {
  readonly literals: readonly RegExp[]
  readonly escaped: readonly RegExp[]
}

export function createRedactor(): Redactor {
  const known = new Map<string, Encodings>()
  let expressions: Expressions | null = null

  function learn(secret: string, forms = encodingsOf): void {
    if (secret === '' || known.has(secret)) return
    known.set(secret, forms(secret))
    expressions = null
  }

  function text(input: string): string {
    expressions ??= compile([...known])
    let output = input
    for (const expression of expressions.literals) output = output.replace(expression, mask)
    if (mayBeEscaped.test(output))
      for (const expression of expressions.escaped) output = output.replace(expression, mask)
    if (output.includes('://')) output = output.replace(userInfo, mask)
    return output === input ? input : output.replaceAll(/(\[redacted\])+/g, mask)
  }

  function value(input: unknown): unknown {
    if (typeof input === 'string') return text(input)
    if (typeof input === 'number') return known.has(String(input)) ? mask : input
    if (Array.isArray(input)) return input.map(value)
    if (typeof input !== 'object' || input === null) return input
    if (input instanceof Error) return text(input.message)
    return Object.fromEntries(Object.entries(input).map(([name, entry]) => [name, value(entry)]))
  }

  return {
    add(secret) {
      for (const part of partsOf(secret)) {
        learn(part)
        for (const line of linesOfKey(part)) learn(line, asItIs)
      }
    },
    text,
    value: value as Redactor['value'],
  }
}

function compile(known: readonly (readonly [string, Encodings])[]): Expressions {
  const longestFirst = [...known].sort(([one], [other]) => other.length - one.length)
  const sources = (kind: keyof Encodings) =>
    longestFirst.flatMap(([secret, forms]) =>
      secret.length < shortest ? forms[kind].map(wholeWord) : forms[kind],
    )
  return { literals: together(sources('literals')), escaped: together(sources('escaped')) }
}

/** Matches the mask first, so that a secret that is part of the word "redacted" leaves masks unchanged. */
function together(sources: readonly string[]): RegExp[] {
  const joined: string[] = []
  for (const source of sources) {
    const last = joined.at(-1)
    if (last === undefined || last.length + source.length > sourceChars)
      joined.push(String.raw`\[redacted\]|${source}`)
    else joined[joined.length - 1] = `${last}|${source}`
  }
  return joined.map((source) => new RegExp(source, 'gi'))
}

function wholeWord(source: string): string {
  return `(?<![A-Za-z0-9])${source}(?![A-Za-z0-9])`
}

/** The texts to redact for a secret: of a list, the whole and each part. */
function* partsOf(secret: unknown): Iterable<string> {
  if (Array.isArray(secret)) for (const part of secret) yield* partsOf(part)
  if (typeof secret === 'number') yield String(secret)
  if (typeof secret !== 'string') return
  const text = secret.trim()
  yield secret
  yield text
  if (text.startsWith('[')) yield* partsOf(listIn(text))
}

function linesOfKey(text: string): string[] {
  return text.includes('-----BEGIN') ? text.split(/\s*\n\s*|\\n/).filter((line) => line.length >= 16) : []
}

function listIn(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text)
    return Array.isArray(parsed) ? parsed : null
  } catch {
    return null
  }
}
