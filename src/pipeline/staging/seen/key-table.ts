/** Twelve bytes a key: 64 bits of its hash, 31 of its content's, one that says whether its rows were sent. */
const wordsPerKey = 3
const sentBit = 0x8000_0000

export interface KeyEntry {
  readonly high: number
  readonly low: number
  readonly content: number
  readonly sent: boolean
}

/** A compact set of hashed keys: open addressing in one typed array, so that millions fit into a small action. */
export interface KeyTable {
  readonly size: number
  find(high: number, low: number): { readonly content: number; readonly sent: boolean } | null
  put(entry: KeyEntry): void
  entries(): Iterable<KeyEntry>
}

export function createKeyTable(): KeyTable {
  let capacity = 1024
  let slots = new Uint32Array(capacity * wordsPerKey)
  let used = new Uint8Array(capacity)
  let size = 0

  function slotOf(high: number, low: number): number {
    let slot = (high ^ low) & (capacity - 1)
    while (used[slot] && (slots[slot * wordsPerKey] !== high || slots[slot * wordsPerKey + 1] !== low)) {
      slot = (slot + 1) & (capacity - 1)
    }
    return slot
  }

  function store(high: number, low: number, packed: number): void {
    const slot = slotOf(high, low)
    if (!used[slot]) size += 1
    used[slot] = 1
    slots.set([high, low, packed], slot * wordsPerKey)
  }

  function grow(): void {
    const before = [...packedEntries()]
    capacity *= 2
    slots = new Uint32Array(capacity * wordsPerKey)
    used = new Uint8Array(capacity)
    size = 0
    for (const [high, low, packed] of before) store(high, low, packed)
  }

  function* packedEntries(): Iterable<[number, number, number]> {
    for (let slot = 0; slot < capacity; slot += 1) {
      if (!used[slot]) continue
      const at = slot * wordsPerKey
      yield [slots[at] ?? 0, slots[at + 1] ?? 0, slots[at + 2] ?? 0]
    }
  }

  return {
    get size() {
      return size
    },
    find(high, low) {
      const slot = slotOf(high, low)
      if (!used[slot]) return null
      return unpack(slots[slot * wordsPerKey + 2] ?? 0)
    },
    put({ high, low, content, sent }) {
      if (size * 2 >= capacity) grow()
      store(high, low, pack(content, sent))
    },
    *entries() {
      for (const [high, low, packed] of packedEntries()) yield { high, low, ...unpack(packed) }
    },
  }
}

function pack(content: number, sent: boolean): number {
  return ((content & ~sentBit) | (sent ? sentBit : 0)) >>> 0
}

function unpack(packed: number): { readonly content: number; readonly sent: boolean } {
  return { content: (packed & ~sentBit) >>> 0, sent: (packed & sentBit) !== 0 }
}

/** Little-endian, twelve bytes an entry. */
export function encodeEntries(entries: Iterable<KeyEntry>): Buffer {
  const words = [...entries].flatMap(({ high, low, content, sent }) => [high, low, pack(content, sent)])
  const bytes = Buffer.alloc(words.length * 4)
  words.forEach((word, index) => bytes.writeUInt32LE(word, index * 4))
  return bytes
}

export function* decodeEntries(bytes: Buffer): Iterable<KeyEntry> {
  for (let at = 0; at + 12 <= bytes.length; at += 12) {
    yield {
      high: bytes.readUInt32LE(at),
      low: bytes.readUInt32LE(at + 4),
      ...unpack(bytes.readUInt32LE(at + 8)),
    }
  }
}
