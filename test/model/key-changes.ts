/** What one row of an upsert destination does to its key. */
export interface KeyChange {
  readonly key: string
  /** Number of the commit. */
  readonly version: number
  /** True where the key is deleted. */
  readonly isDeletion: boolean
}

const set = (key: string, version: number): KeyChange => ({ key, version, isDeletion: false })
const gone = (key: string, version: number): KeyChange => ({ key, version, isDeletion: true })

/** The values that the destination has before the first commit. */
export const initial = ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => set(key, 0))

/**
 * Three commits in three batches each. Keys are deleted at once, and come back in another batch (b) or in the same place
 * of the next commit (c, d), or are deleted for good by a batch of nothing else (e) or beside a newer value (f). No key
 * is deleted twice.
 */
export const commits: readonly (readonly (readonly KeyChange[])[])[] = [
  [
    [set('a', 1), gone('b', 1)],
    [gone('c', 1), gone('d', 1)],
    [set('e', 1), set('f', 1)],
  ],
  [[set('a', 2), set('b', 2)], [set('c', 2), set('d', 2)], [gone('e', 2)]],
  [[set('a', 3), gone('f', 3)], [set('b', 3), set('c', 3)], [set('d', 3)]],
]

/** How a batch is named in the events of a history; null where it is nothing special. */
export function specialOf(changes: readonly KeyChange[]): string | null {
  if (changes.every(({ isDeletion }) => isDeletion)) return 'deletions alone'
  return changes.some(({ isDeletion }) => isDeletion) ? 'a deletion beside a value' : null
}

/** How the history of a destination's keys, and the versions that it shows in the end, differ from the last of each. */
export function keyFlaws(
  history: readonly KeyChange[],
  stored: ReadonlyMap<string, number>,
): readonly string[] {
  const newest = new Map<string, number>()
  const stale = history.filter(({ key, version }) => {
    const before = newest.get(key) ?? 0
    newest.set(key, Math.max(before, version))
    return version < before
  })
  const last = new Map(commits.flat(2).map((change) => [change.key, change]))
  const wrong = [...last.values()].filter(
    ({ key, version, isDeletion }) => stored.get(key) !== (isDeletion ? undefined : version),
  )
  return [
    ...stale.map(({ key, version }) => `${key} went back to ${version}`),
    ...wrong.map(({ key }) => `${key} is ${stored.get(key) ?? 'missing'} in the end`),
  ]
}
