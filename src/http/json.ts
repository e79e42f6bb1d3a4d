import { isUtf8 } from 'node:buffer'
import { parseExactJson } from './exact-json'

/**
 * Heap that the values of one answer may take, in bytes. An action of 256 MB holds the raw page, its text, its values,
 * their rows, and the next raw page. With twice this limit, a page of distinct keys took 252 MB.
 */
const maxHeapBytes = 32 * 1024 * 1024

/** Measured with V8 of Node 20 on values that share nothing: empty objects, distinct keys, short texts. */
const heapBytes = { object: 60, array: 36, key: 72, value: 12 }

/** Either the value, or the reason why there is none, as the end of a sentence about the answer. */
export type ParsedJson =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'malformed' | 'too-large'; readonly reason: string }

/** Parses JSON of another system; undefined where the text is not JSON. For small answers. */
export function parseJson(text: string | Buffer): unknown {
  try {
    return JSON.parse(text.toString())
  } catch {
    return undefined
  }
}

/**
 * Parses a page of data, unless its values would not fit into memory beside the page itself: 3 bytes of text can
 * become 60 bytes of heap. The bound is computed from the text before it is parsed. Nesting has no limit here: one
 * record that is too deep becomes a reject, and must not fail its page. Integers beyond 2^53 become texts with their
 * exact digits: as numbers, two ids would be one primary key, and a page token would ask for another page.
 */
export function parseLargeJson(body: Buffer): ParsedJson {
  const heap = heapAtMost(body)
  if (heap > maxHeapBytes) {
    const mb = (bytes: number) => Math.ceil(bytes / 1024 / 1024)
    return {
      kind: 'too-large',
      reason: `would take up to ${mb(heap)} MB once parsed, of ${mb(maxHeapBytes)} MB`,
    }
  }
  // A lenient decoder would silently replace invalid UTF-8 by U+FFFD.
  if (!isUtf8(body)) return { kind: 'malformed', reason: 'is not UTF-8' }
  try {
    return { kind: 'json', value: parseExactJson(withoutByteOrderMark(body).toString()) }
  } catch {
    return { kind: 'malformed', reason: 'is not JSON' }
  }
}

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a
const comma = 0x2c
const openBracket = 0x5b
const openBrace = 0x7b

/** Some servers send a byte order mark, which JSON.parse refuses. */
function withoutByteOrderMark(body: Buffer): Buffer {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body
}

/** Fast path: a byte of text becomes at most the heap of a colon, so small pages need no count. */
function heapAtMost(body: Buffer): number {
  const most = body.length * heapBytes.key
  return most <= maxHeapBytes ? most : heapOf(body)
}

/** Counts the tokens outside of strings. Bytes of UTF-8 sequences are above ASCII, so they match no token. */
function heapOf(body: Buffer): number {
  let heap = heapBytes.value
  let inString = false
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at]
    if (inString) {
      if (byte === backslash) at += 1
      else if (byte === quote) inString = false
    } else if (byte === quote) inString = true
    else if (byte === comma) heap += heapBytes.value
    else if (byte === colon) heap += heapBytes.key
    else if (byte === openBrace) heap += heapBytes.object
    else if (byte === openBracket) heap += heapBytes.array
  }
  return heap
}
