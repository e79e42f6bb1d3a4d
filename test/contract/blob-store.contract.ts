import { gzipSync } from 'node:zlib'
import { pathsIn } from '../fixtures/paths-in'
import type { BlobStore, StoredBlob, WriteAnswer } from '../../src/state/blob-store'

export interface BlobStoreSubject {
  readonly store: BlobStore
  /** The store's own clock, ms since the epoch. */
  readonly now: () => number
  /** Loses the next write on its way, or its answer on the way back. */
  readonly loseNextWrite: (moment: 'before' | 'after') => void
}

const absent = { ifAbsent: true } as const
const bytes = (text: string) => Buffer.from(text)

/** What every blob store promises. Each test uses paths of its own. */
export function blobStoreContract(subject: () => BlobStoreSubject): void {
  async function create(path: string, text: string): Promise<string> {
    return etagOf(await subject().store.write(path, bytes(text), absent))
  }

  async function stored(path: string): Promise<StoredBlob> {
    const blob = await subject().store.read(path)
    if (blob.etag === null) throw new RangeError(`${path} is missing`)
    return blob
  }

  it('reads back the bytes that were written, with the ETag that the write returned', async () => {
    const body = gzipSync('a,b\r\n1,ü\r\n')

    const answer = await subject().store.write('jobs/a/outbox/1.csv.gz', body, absent)

    const blob = await stored('jobs/a/outbox/1.csv.gz')
    expect(blob.body.equals(body)).toBe(true)
    expect(blob.etag).toBe(etagOf(answer))
  })

  it("returns its own time with every read and write, in whole seconds, and a blob's modification time on that clock", async () => {
    const { store, now } = subject()
    const before = Math.floor(now() / 1000) * 1000

    const written = await store.write('jobs/a/time', bytes('1'), absent)
    const blob = await stored('jobs/a/time')
    const missing = await store.read('jobs/a/no-time')

    expect(written).toMatchObject({ kind: 'written' })
    for (const at of [storeNowOf(written), blob.storeNow, blob.modifiedAt, missing.storeNow]) {
      expect(at % 1000).toBe(0)
      expect(at).toBeGreaterThanOrEqual(before)
      expect(at).toBeLessThanOrEqual(now())
    }
  })

  it('reports a missing blob as missing', async () => {
    expect(await subject().store.read('jobs/a/missing')).toMatchObject({ etag: null })
  })

  it('lets exactly one of five creators win', async () => {
    const { store } = subject()
    const contenders = ['1', '2', '3', '4', '5']

    const answers = await Promise.all(
      contenders.map((text) => store.write('jobs/a/race', bytes(text), absent)),
    )

    const winners = contenders.filter((_, index) => answers[index]?.kind === 'written')
    expect(winners).toHaveLength(1)
    expect(answers.filter(({ kind }) => kind === 'conflict')).toHaveLength(4)
    expect((await stored('jobs/a/race')).body.toString()).toBe(winners[0])
  })

  it('lets exactly one of five writers replace a version', async () => {
    const { store } = subject()
    const etag = await create('jobs/a/replaced', 'old')

    const answers = await Promise.all(
      ['1', '2', '3', '4', '5'].map((text) => store.write('jobs/a/replaced', bytes(text), { ifMatch: etag })),
    )

    expect(answers.filter(({ kind }) => kind === 'written')).toHaveLength(1)
    expect(answers.filter(({ kind }) => kind === 'conflict')).toHaveLength(4)
    expect((await stored('jobs/a/replaced')).etag).not.toBe(etag)
  })

  it('refuses to replace a version that was superseded, and keeps the present one', async () => {
    const { store } = subject()
    const stale = await create('jobs/a/stale', 'first')
    await store.write('jobs/a/stale', bytes('second'), { ifMatch: stale })

    const answer = await store.write('jobs/a/stale', bytes('third'), { ifMatch: stale })

    expect(answer).toEqual({ kind: 'conflict' })
    expect((await stored('jobs/a/stale')).body.toString()).toBe('second')
  })

  it('gives a rewrite with equal bytes a new ETag', async () => {
    const { store } = subject()
    const first = await create('jobs/a/same', 'same')

    const second = etagOf(await store.write('jobs/a/same', bytes('same'), { ifMatch: first }))

    expect(second).not.toBe(first)
  })

  it('refuses to replace a missing blob', async () => {
    const answer = await subject().store.write('jobs/a/never', bytes('1'), { ifMatch: '"1"' })

    expect(answer).toEqual({ kind: 'conflict' })
  })

  it('returns `unknown` for a write that was lost before the store and not applied', async () => {
    const { store, loseNextWrite } = subject()
    loseNextWrite('before')

    const answer = await store.write('jobs/a/lost', bytes('1'), absent)

    expect(answer.kind).toBe('unknown')
    expect(await store.read('jobs/a/lost')).toMatchObject({ etag: null })
  })

  it('returns `unknown` for a write that was applied and whose answer was lost', async () => {
    const { store, loseNextWrite } = subject()
    loseNextWrite('after')

    const answer = await store.write('jobs/a/answer-lost', bytes('1'), absent)

    expect(answer.kind).toBe('unknown')
    expect((await stored('jobs/a/answer-lost')).body.toString()).toBe('1')
  })

  it('deletes a blob; deleting a missing one succeeds (idempotent)', async () => {
    const { store } = subject()
    await create('jobs/a/deleted', '1')

    await store.delete('jobs/a/deleted')
    await store.delete('jobs/a/deleted')

    expect(await store.read('jobs/a/deleted')).toMatchObject({ etag: null })
  })

  it('lists 1,005 blobs under a prefix, each once, and none outside of it', async () => {
    const { store } = subject()
    const paths = Array.from({ length: 1005 }, (_, index) => `jobs/many/${String(index).padStart(4, '0')}`)
    const left = paths.values()
    const writeAll = async () => {
      for (const path of left) await create(path, '')
    }
    await Promise.all(Array.from({ length: 16 }, writeAll))
    await create('jobs/many-more/1', '1')

    const listed = await pathsIn(store.list('jobs/many/'))

    expect(listed.sort()).toEqual(paths)
  })

  it('lists nothing under a prefix without blobs', async () => {
    expect(await pathsIn(subject().store.list('jobs/none/'))).toEqual([])
  })

  it('keeps paths with any characters unchanged', async () => {
    const { store } = subject()
    const path = `jobs/odd/100% "ü" & <b>+it's?a=1#2.json`

    await store.write(path, bytes('odd'), absent)

    expect((await stored(path)).body.toString()).toBe('odd')
    expect(await pathsIn(store.list('jobs/odd/100% "ü" & <'))).toEqual([path])
  })

  it("sends nothing after its signal was aborted, and throws the signal's reason", async () => {
    const { store } = subject()
    const reason = new RangeError('the lease is lost')
    const signal = AbortSignal.abort(reason)

    const outcomes = await Promise.allSettled([
      store.write('jobs/a/aborted', bytes('1'), absent, signal),
      store.read('jobs/a/aborted', signal),
      store.delete('jobs/a/aborted', signal),
      pathsIn(store.list('jobs/a/', signal)),
    ])

    expect(outcomes).toEqual(outcomes.map(() => ({ status: 'rejected', reason })))
    expect(await store.read('jobs/a/aborted')).toMatchObject({ etag: null })
  })
}

function etagOf(answer: WriteAnswer): string {
  if (answer.kind !== 'written') throw new RangeError(`not written: ${answer.kind}`)
  return answer.etag
}

function storeNowOf(answer: WriteAnswer): number {
  return answer.kind === 'written' ? answer.storeNow : NaN
}
