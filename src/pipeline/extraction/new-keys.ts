/** How many keys the sample holds at most. */
const sampleSize = 1_000

/**
 * Counts keys and keeps an evenly drawn sample of them in bounded memory: every n-th key, where n doubles as the keys
 * grow.
 */
export interface NewKeys {
  readonly count: number
  readonly sample: readonly string[]
  add(key: string): void
}

export function createNewKeys(): NewKeys {
  let count = 0
  let stride = 1
  let sample: string[] = []

  return {
    get count() {
      return count
    },
    get sample() {
      return sample
    },
    add(key) {
      if (count % stride === 0) {
        if (sample.length === sampleSize) {
          sample = sample.filter((_, index) => index % 2 === 0)
          stride *= 2
        }
        if (count % stride === 0) sample.push(key)
      }
      count += 1
    },
  }
}
