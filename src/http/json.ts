/** More nesting than any record has; functions that follow a value down would run out of stack. */
const maxDepth = 100
/** Heap that the values of one answer may take, in bytes: a quarter of an action of 256 MB. */
const maxHeapBytes = 64 * 1024 * 1024

/** Measured with V8 of Node 20 on values that share nothing: empty objects, distinct keys, short texts. */
const heapBytes = { object: 60, array: 36, key: 72, value: 12 }

/** Either the value, or the reason why there is none, as the end of a sentence about the answer. */
export type ParsedJson =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'not-json' }
  | { readonly kind: 'too-large'; readonly reason: string }

/** Parses JSON of somebody else's making; undefined where it is none. For answers that are small. */
export function parseJson(text: string | Buffer): unknown {
  try {
    return JSON.parse(text.toString())
  } catch {
    return undefined
  }
}

/**
 * Parses a page of data, unless its values would not fit into memory beside the page itself: 3 bytes of text can
 * become 60 bytes of heap. The limit is an upper bound that the text shows before it is parsed.
 */
export function parseLargeJson(body: Buffer): ParsedJson {
  const { depth, heap } = weigh(body)
  if (depth > maxDepth) return { kind: 'too-large', reason: `is nested more than ${maxDepth} levels deep` }
  if (heap > maxHeapBytes) {
    const mb = (bytes: number) => Math.ceil(bytes / 1024 / 1024)
    return {
      kind: 'too-large',
      reason: `would take up to ${mb(heap)} MB once parsed, of ${mb(maxHeapBytes)} MB`,
    }
  }
  const value = parseJson(body)
  return value === undefined ? { kind: 'not-json' } : { kind: 'json', value }
}

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a
const comma = 0x2c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/** Counts what stands outside of strings. Bytes of UTF-8 sequences are never mistaken: they are above ASCII. */
function weigh(body: Buffer): { readonly depth: number; readonly heap: number } {
  let depth = 0
  let deepest = 0
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
    else if (byte === openBrace || byte === openBracket) {
      heap += byte === openBrace ? heapBytes.object : heapBytes.array
      depth += 1
      if (depth > deepest) deepest = depth
    } else if (byte === closeBrace || byte === closeBracket) depth -= 1
  }
  return { depth: deepest, heap }
}
