import { hash } from 'node:crypto'

/** 64 bits of a hash. */
export type Hash = readonly [number, number]

/**
 * The first 64 bits of a text's SHA-256, as two little-endian words. In one call and as a text: objects of the hash and
 * of its bytes lie outside of the heap, so that those of millions of records would grow the process before they are
 * collected.
 */
export function textHash(text: string): Hash {
  // One character a byte.
  const digest = hash('sha256', text, 'binary')
  return [wordAt(digest, 0), wordAt(digest, 4)]
}

function wordAt(digest: string, at: number): number {
  const byte = (index: number) => digest.charCodeAt(at + index)
  return (byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24)) >>> 0
}
