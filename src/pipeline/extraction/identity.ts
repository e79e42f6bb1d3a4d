import { valueAt } from '../../field-path'
import { canonicalJson } from './canonical-json'
import { declaredPart } from './declared-part'
import { textHash } from './text-hash'
import type { Hash } from './text-hash'

/** The stored hashes of a record's identity and content: 128 bits in four words. */
export type Words = readonly [number, number, number, number]

/**
 * The hashes by which a record is recognised. Keyed: 64 bits of its primary key, then 32 bits each of its raw and its
 * parsed content; either equal means the same content. Keyless: 64 bits each of its raw and its parsed content; either
 * equal means the same record, because a corrected schema does not change the first, and a source that varies
 * undeclared fields does not change the second. Where the record does not parse, its declared content is the second.
 */
export interface Identity {
  readonly keyed: boolean
  readonly words: Words
  /** Records that parse: their declared content, by which they were known while they did not parse. */
  readonly declared?: () => Hash | undefined
}

/** Computed once, and only on demand: most records of a read are never compared. */
export type LazyIdentity = () => Identity

/**
 * @param primaryKey field paths; null where the job has none
 * @param parsed undefined where the record does not parse
 * @param schema of the record
 */
export function identify(
  primaryKey: readonly string[] | null,
  raw: unknown,
  parsed: unknown,
  schema?: unknown,
): LazyIdentity {
  let identity: Identity | null = null
  return () => (identity ??= compute(primaryKey, raw, parsed, schema))
}

/**
 * The identity of a record with joined fields, which lie in `parsed` wherever the schema puts them: so the declared part
 * of its content stands for the parsed record. A change in the source of a join then makes no record new.
 * @param content the record without the joined fields that are no part of it
 */
export function identifyEnriched(
  primaryKey: readonly string[] | null,
  content: unknown,
  parsed: unknown,
  schema: unknown,
): LazyIdentity {
  let identity: Identity | null = null
  return () => (identity ??= computeEnriched(primaryKey, content, parsed, schema))
}

function computeEnriched(
  primaryKey: readonly string[] | null,
  content: unknown,
  parsed: unknown,
  schema: unknown,
): Identity {
  const rawHash = hash(canonicalJson(content))
  const declared = declaredHash(schema, content) ?? rawHash
  const key = primaryKey && keyOf(primaryKey, parsed ?? content)
  if (key === null) return { keyed: false, words: [...rawHash, ...declared] }
  return { keyed: true, words: [...hash(key), rawHash[0], declared[0]] }
}

function compute(
  primaryKey: readonly string[] | null,
  raw: unknown,
  parsed: unknown,
  schema: unknown,
): Identity {
  const rawHash = hash(canonicalJson(raw))
  const parsedHash = parsed === undefined ? null : hash(canonicalJson(parsed))
  const key = primaryKey && keyOf(primaryKey, parsed ?? raw)
  const declared = () => declaredHash(schema, raw)
  const contentHash = parsedHash ?? declared() ?? [0, 0]
  const known = parsedHash ? { declared } : {}
  if (key === null) return { keyed: false, words: [...rawHash, ...contentHash], ...known }
  return { keyed: true, words: [...hash(key), rawHash[0], contentHash[0]], ...known }
}

function declaredHash(schema: unknown, raw: unknown): Hash | undefined {
  const part = declaredPart(schema, raw)
  return part === undefined ? undefined : hash(`declared ${canonicalJson(part)}`)
}

/** Null where a part of the key is missing. Numbers and texts of the same digits are the same key. */
export function keyOf(primaryKey: readonly string[], record: unknown): string | null {
  const parts = primaryKey.map((path) => valueAt(record, path))
  if (parts.some((part) => part === undefined || part === null || part === '' || typeof part === 'object')) {
    return null
  }
  return JSON.stringify(parts.map(String))
}

/**
 * True where the content is the same: the raw or the parsed record is equal.
 * @param declared keyless records that parsed: their declared content
 */
export function sameContent(identity: Identity, known: Words, declared?: Hash): boolean {
  return identity.keyed ? sameKeyedContent(identity, known) : sameKeylessContent(identity, known, declared)
}

function sameKeyedContent({ words: [, , raw, parsed], declared }: Identity, known: Words): boolean {
  return raw === known[2] || (parsed !== 0 && parsed === known[3]) || declared?.()?.[0] === known[3]
}

function sameKeylessContent(
  { words: [a, b, c, d], declared }: Identity,
  known: Words,
  knownDeclared: Hash | undefined,
): boolean {
  if (a === known[0] && b === known[1]) return true
  const isKnown = ([high, low]: Hash) =>
    (high === known[2] && low === known[3]) || (high === knownDeclared?.[0] && low === knownDeclared[1])
  if (c !== 0 && isKnown([c, d])) return true
  const hashed = declared?.()
  return hashed !== undefined && isKnown(hashed)
}

/** True where a record that parses differs from its entry in one of the hashes. */
export function differs({ keyed, words }: Identity, known: Words): boolean {
  const parses = words[keyed ? 3 : 2] !== 0
  return parses && words.some((word, index) => word !== known[index])
}

function hash(text: string): Hash {
  const [first, second] = textHash(text)
  // Zero stands for "absent".
  return [first || 1, second]
}
