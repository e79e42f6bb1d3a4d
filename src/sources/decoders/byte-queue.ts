/** Bytes that arrive in chunks, taken by number. */
export interface ByteQueue {
  /** Null where the bytes end before that number. */
  take(count: number): Promise<Buffer | null>
  /** The next bytes, however many; null at the end. */
  next(): Promise<Uint8Array | null>
  /** Puts bytes back in front. */
  giveBack(bytes: Uint8Array): void
  /** Number of bytes taken and not given back. */
  taken(): number
  /** Releases the source. */
  close(): Promise<void>
}

export function createByteQueue(bytes: AsyncIterable<Uint8Array>): ByteQueue {
  const iterator = bytes[Symbol.asyncIterator]()
  let front: Uint8Array = new Uint8Array()
  let taken = 0

  async function next(): Promise<Uint8Array | null> {
    let chunk = front
    front = new Uint8Array()
    while (chunk.length === 0) {
      const result = await iterator.next()
      if (result.done === true) return null
      chunk = result.value
    }
    taken += chunk.length
    return chunk
  }

  function giveBack(given: Uint8Array): void {
    if (given.length > 0) front = front.length === 0 ? given : Buffer.concat([given, front])
    taken -= given.length
  }

  return {
    next,
    giveBack,
    async take(count) {
      const parts: Uint8Array[] = []
      let missing = count
      while (missing > 0) {
        const chunk = await next()
        if (!chunk) return null
        parts.push(chunk.subarray(0, missing))
        if (chunk.length > missing) giveBack(chunk.subarray(missing))
        missing -= Math.min(missing, chunk.length)
      }
      return Buffer.concat(parts)
    },
    taken: () => taken,
    async close() {
      await iterator.return?.()
    },
  }
}
