import { JobError } from '../../errors'
import { parseJson } from '../../http/json'
import { createSealer } from '../../state/sealer'
import type { Sealer } from '../../state/sealer'

const keyBytes = 32
/** Of 32 random bytes about 30 are distinct; a key with fewer than this many was typed by a person. */
const fewestDistinct = 20
/** Of 43 random letters about 29 are distinct, of a sentence about 20. */
const fewestLetters = 26

/**
 * The sealer for tokens in stores. `TOKEN_ENCRYPTION_KEY` is 32 random bytes in base64, or during a rotation a JSON
 * array of keys, of which the first seals and all open. Null where it is not set: tokens are then kept in memory only.
 * @throws JobError `input-invalid`
 */
export function readSealer({ TOKEN_ENCRYPTION_KEY: text }: Readonly<Record<string, unknown>>): Sealer | null {
  if (text === undefined || text === '') return null
  const [first, ...older] = keysIn(text).map(keyOf)
  if (first === undefined) throw invalid('is an empty list')
  return createSealer(first, ...older)
}

/** @throws JobError `input-missing` */
export function requireSealer(sealer: Sealer | null): Sealer {
  if (sealer) return sealer
  throw new JobError(
    'input-missing',
    'The input TOKEN_ENCRYPTION_KEY is not set, and consents are not stored unencrypted.',
    makeOne,
    { details: { input: 'TOKEN_ENCRYPTION_KEY' } },
  )
}

const makeOne = `Make one with \`openssl rand -base64 ${keyBytes}\`, set it in .env and deploy again.`

function keysIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  const list = typeof value === 'string' && value.trim().startsWith('[') ? parseJson(value) : undefined
  return Array.isArray(list) ? list : [value]
}

/** Strict base64: a lenient decoder skips unknown characters, and so would make a key of any sentence. */
function keyOf(value: unknown): Buffer {
  const text = typeof value === 'string' ? value.trim() : ''
  const key = Buffer.from(text, 'base64')
  if (key.length !== keyBytes || key.toString('base64') !== text)
    throw invalid(`is not ${keyBytes} bytes in base64`)
  if (!looksRandom(text, key)) throw invalid('is not random')
  return key
}

/**
 * Refuses zeros, repetitions, and sentences that happen to be base64 or were encoded; and one random key in 100,000.
 */
function looksRandom(text: string, key: Buffer): boolean {
  const readable = key.every((byte) => byte >= 0x20 && byte < 0x7f)
  const sentence = /^[A-Za-z]+=$/.test(text) && new Set(text).size < fewestLetters
  return new Set(key).size >= fewestDistinct && !readable && !sentence
}

function invalid(what: string): JobError {
  return new JobError('input-invalid', `TOKEN_ENCRYPTION_KEY ${what}.`, makeOne, {
    details: { input: 'TOKEN_ENCRYPTION_KEY' },
  })
}
