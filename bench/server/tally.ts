import type { Emulator } from '../../emulators/emulator'

/** Requests since the last reset, as the servers saw them. */
export interface Counts {
  readonly pages: number
  readonly posts: number
  readonly lookups: number
  /** Writes of the job's state document. */
  readonly stateWrites: number
  /** Requests to the file store, those of the state among them. */
  readonly fileRequests: number
}

export interface Tally {
  request(path: string): void
  counts(): Counts
  reset(): void
}

const none: Counts = { pages: 0, posts: 0, lookups: 0, stateWrites: 0, fileRequests: 0 }

/** Counts, and empties the file store's request log every second: it keeps the bodies of what was staged. */
export function createTally(files: Pick<Emulator, 'requests'>): Tally {
  let counts = none

  function drain(): void {
    for (const { method, url } of files.requests.splice(0)) {
      const isState = method === 'PUT' && new URL(url, 'http://files').pathname.endsWith('/state.json')
      counts = {
        ...counts,
        fileRequests: counts.fileRequests + 1,
        stateWrites: counts.stateWrites + (isState ? 1 : 0),
      }
    }
  }
  setInterval(drain, 1_000)

  return {
    request(path) {
      if (path === '/orders') counts = { ...counts, pages: counts.pages + 1 }
      else if (path.endsWith('/events')) counts = { ...counts, posts: counts.posts + 1 }
      else counts = { ...counts, lookups: counts.lookups + 1 }
    },
    counts() {
      drain()
      return counts
    },
    reset() {
      files.requests.splice(0)
      counts = none
    },
  }
}
