import type { ReadRequest, Source } from '../../src/sources/source'

/** What a server or store holds: ids in order, each with the place that a cursor can name. */
export interface Item {
  readonly id: number
  readonly at: string
}

export interface SourceUnderTest {
  readonly source: Source
  /** Adds items behind those that are there. */
  add(...items: readonly Item[]): void | Promise<void>
  /** The request that goes on behind what a read brought. */
  resume(read: readonly Item[], cursor: string | undefined): ReadRequest
  /** Reads everything that there is. */
  readonly begin: ReadRequest
  /** A cursor behind everything there is: the source sends nothing, or refuses one that it cannot have handed out. */
  readonly future: { readonly request: ReadRequest; readonly expected: 'nothing' | 'error' }
  /** Requests or connections that are open. */
  pending(): number
  stop(): Promise<void>
}

const signal = new AbortController().signal
export const fromBeginning: ReadRequest = { mode: 'incremental', since: null, signal }
export const items = (from: number, to: number): Item[] =>
  Array.from({ length: to - from }, (_, index) => ({
    id: from + index,
    at: new Date(Date.UTC(2026, 0, 1, 0, from + index)).toISOString(),
  }))

/** What every source form promises to the engine. @param start with the items 0 to 6 */
export function describeSource(name: string, start: () => Promise<SourceUnderTest>): void {
  describe(`${name} as a source`, () => {
    let subject: SourceUnderTest
    beforeEach(async () => {
      subject = await start()
    })
    afterEach(() => subject.stop())

    async function read(request: ReadRequest = subject.begin) {
      const records: Item[] = []
      let cursor: string | undefined
      for await (const page of subject.source.read(request)) {
        records.push(...(page.records as Item[]))
        cursor = page.cursor ?? cursor
      }
      return { records, cursor, ids: records.map(({ id }) => id) }
    }

    it('brings each record once, in order', async () => {
      expect((await read()).ids).toEqual([0, 1, 2, 3, 4, 5, 6])
    })

    it('brings the same records in a second read', async () => {
      expect(await read()).toEqual(await read())
    })

    it('brings nothing that is unknown from its own cursor', async () => {
      const { records, cursor } = await read()

      const again = await read(subject.resume(records, cursor))

      expect(again.ids.filter((id) => id < 6)).toEqual([])
    })

    it('brings what was added since its own cursor', async () => {
      const { records, cursor } = await read()
      await subject.add(...items(7, 12))

      const again = await read(subject.resume(records, cursor))

      expect(again.ids.filter((id) => id > 6)).toEqual([7, 8, 9, 10, 11])
    })

    it('brings nothing for a cursor in the future, or refuses it', async () => {
      const { request, expected } = subject.future
      const outcome = await read(request).then(
        ({ ids }) => ids,
        (error: unknown) => error,
      )

      expect(outcome).toEqual(expected === 'nothing' ? [] : expect.objectContaining({ name: 'JobError' }))
    })

    it('leaves nothing open where the reader stops early, and can be read again', async () => {
      for await (const page of subject.source.read(subject.begin)) {
        // An export has a page without records that carries its id.
        if (page.records.length > 0) break
      }
      expect(subject.pending()).toBe(0)
      expect((await read()).ids).toHaveLength(7)
    })

    it('reads nothing for a run that has ended', async () => {
      const reads = read({ ...subject.begin, signal: AbortSignal.abort(new Error('the run has ended')) })

      await expect(reads).rejects.toBeDefined()
    })

    it('has one identity, without credentials', () => {
      expect(subject.source.identity).toBe(subject.source.identity)
      expect(subject.source.identity).not.toContain('canary')
    })
  })
}
