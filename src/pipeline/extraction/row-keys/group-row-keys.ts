import type { RowKey } from './row-key-files'

/** The records that have a key, in each of two lists. */
export interface KeyGroup {
  readonly key: string
  readonly first: readonly RowKey[]
  readonly second: readonly RowKey[]
}

type Blocks = AsyncIterable<readonly RowKey[]>

const blockGroups = 1_000

/** Merge join of two lists that are sorted by key, in bounded memory: every key of both, in order, in blocks. */
export async function* groupRowKeys(first: Blocks, second: Blocks): AsyncIterable<readonly KeyGroup[]> {
  const [one, other] = [reader(first), reader(second)]
  let groups: KeyGroup[] = []
  for (;;) {
    const key = least(await one.head(), await other.head())
    if (key === null) break
    groups.push({ key, first: await one.take(key), second: await other.take(key) })
    if (groups.length < blockGroups) continue
    yield groups
    groups = []
  }
  yield groups
}

/** The lesser key by code units, which is the order of the sort; null where both lists are at their end. */
function least(a: RowKey | undefined, b: RowKey | undefined): string | null {
  if (!a || !b) return (a ?? b)?.key ?? null
  return a.key < b.key ? a.key : b.key
}

/** One entry after the other: a promise only where the next block must be read. */
function reader(blocks: Blocks) {
  const iterator = blocks[Symbol.asyncIterator]()
  let block: readonly RowKey[] = []
  let at = 0

  async function refill(): Promise<RowKey | undefined> {
    for (;;) {
      const next = await iterator.next()
      if (next.done) return undefined
      ;[block, at] = [next.value, 0]
      if (block[0]) return block[0]
    }
  }

  const head = (): RowKey | undefined | Promise<RowKey | undefined> => block[at] ?? refill()
  return {
    head,
    async take(key: string): Promise<readonly RowKey[]> {
      const taken: RowKey[] = []
      for (let entry = await head(); entry?.key === key; entry = await head()) {
        taken.push(entry)
        at += 1
      }
      return taken
    },
  }
}
