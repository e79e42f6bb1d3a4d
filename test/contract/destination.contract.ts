import { createHash } from 'node:crypto'
import { batchId } from '../../src/pipeline/batch-id'
import type {
  BatchFacts,
  BatchParts,
  Delivery,
  Destination,
  FinishedFile,
  KeyLookupAnswer,
  NameLookupAnswer,
  OutgoingBatch,
  Refusal,
  SendAnswer,
  SendWindow,
} from '../../src/destinations/destination'

export interface DestinationUnderTest {
  readonly destination: Destination
  /** Six rows or more that the destination takes, in the order of their partition, which is one. */
  readonly rows: readonly unknown[]
  /** How {@link stored} names each of these rows. */
  readonly names: readonly string[]
  readonly badRow: unknown
  /** The rows that the destination has stored, oldest first; of upserts, by key. */
  stored(): readonly string[]
  /** What the next request meets. With `answer-lost`, its effect takes place. */
  meet(obstacle: Refusal['kind'] | 'answer-lost'): void
  /** Awaits a call, letting time pass where time is virtual. */
  await<T>(call: Promise<T>): Promise<T>
  /** Lets accepted imports end. */
  settle(): Promise<void>
  /** Values that must appear in nothing the destination hands to the engine. */
  readonly secrets: readonly string[]
  stop(): Promise<void>
}

const parts: BatchParts = {
  job: 'job',
  partition: 'partition',
  batch: 'commit-1/0-0',
  generation: 0,
  contentSha256: 'a'.repeat(64),
}

const obstacles = ['unauthorized', 'not-permitted', 'throttled', 'not-sent'] as const

const openWindow: SendWindow = { signal: new AbortController().signal, isOpen: () => true }
const { signal } = openWindow

/** What the engine relies on, whatever the destination. */
export function describeDestination(
  name: string,
  kind: Delivery['kind'],
  start: () => Promise<DestinationUnderTest>,
): void {
  describe(name, () => {
    let subject: DestinationUnderTest
    let destination: Destination
    beforeEach(async () => {
      subject = await start()
      destination = subject.destination
    })
    afterEach(() => subject.stop())

    async function fileOf(rows: readonly unknown[]): Promise<FinishedFile> {
      const file = destination.format.open('0123456789ab')
      for (const row of rows) {
        const encoded = destination.format.encode(row)
        if (encoded.kind === 'reject') throw new RangeError(encoded.message)
        file.append(encoded.line)
      }
      await file.drained()
      return file.finish()
    }

    function batchOf({ rows, bytes, contentSha256 }: FinishedFile, batch = parts.batch): OutgoingBatch {
      const encoded = destination.format.encode(subject.rows[0])
      const partition = destination.partition.name(encoded.kind === 'row' ? encoded.partition : 0)
      const id = batchId(destination.delivery, { ...parts, partition, batch, contentSha256 })
      return {
        id,
        partition,
        fileName: `${batch.replace('/', '-')}.${destination.format.extension}`,
        rows,
        bytes,
      }
    }

    /** All that the engine does for one batch while nothing goes wrong. */
    async function deliver(batch: OutgoingBatch, window = openWindow): Promise<SendAnswer> {
      const prepared = await subject.await(destination.prepare?.(batch, signal) ?? noPreparation)
      if (prepared.kind !== 'prepared') throw new RangeError(`not prepared: ${prepared.kind}`)
      return subject.await(destination.send(batch, window, prepared.handle))
    }

    function lookUp(batch: BatchFacts): Promise<KeyLookupAnswer | NameLookupAnswer | null> {
      const { delivery } = destination
      if (delivery.kind === 'upsert') return Promise.resolve(null)
      if (delivery.kind === 'keyed') return subject.await(delivery.lookup(batch, signal))
      return subject.await(delivery.lookup(batch, 0, signal))
    }

    describe('rows', () => {
      it('always become the same line, of an existing partition', () => {
        for (const row of subject.rows) {
          const encoded = destination.format.encode(row)
          expect(encoded).toMatchObject({ kind: 'row' })
          expect(destination.format.encode(row)).toEqual(encoded)
          if (encoded.kind !== 'row') continue
          expect(encoded.partition).toBeLessThan(destination.partition.count)
          expect(destination.partition.name(encoded.partition)).not.toBe('')
        }
      })

      it('keep their order in `order`', () => {
        const orders = subject.rows.map((row) => {
          const encoded = destination.format.encode(row)
          return encoded.kind === 'row' ? encoded.order : NaN
        })
        expect([...orders].sort((a, b) => a - b)).toEqual(orders)
      })

      it('have a key where a later row replaces an earlier one, or rows are put together', () => {
        const { format, semantics } = destination
        const needsKey = semantics === 'upsert' || format.merge !== undefined
        for (const row of subject.rows) if (needsKey) expect(format.encode(row)).toHaveProperty('rowKey')
      })

      it('that the destination cannot take become rejects with a code, a path and a message', () => {
        expect(destination.format.encode(subject.badRow)).toEqual({
          kind: 'reject',
          code: expect.stringMatching(/^[a-z]+(-[a-z]+)*$/) as string,
          path: expect.any(String) as string,
          message: expect.stringMatching(/./) as string,
        })
      })
    })

    describe('files', () => {
      it('count their rows and hash the stored bytes', async () => {
        const { bytes, rows, sha256 } = await fileOf(subject.rows)

        expect(rows).toBe(subject.rows.length)
        expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
      })

      it('have equal content hashes exactly for the same rows', async () => {
        const [one, same, other] = [
          await fileOf(subject.rows),
          await fileOf(subject.rows),
          await fileOf(subject.rows.slice(1)),
        ]

        expect(same.contentSha256).toBe(one.contentSha256)
        expect(other.contentSha256).not.toBe(one.contentSha256)
      })

      it('split into two files that equal those of the first and the second half of the rows', async () => {
        const { rows } = subject
        const middle = Math.floor(rows.length / 2)

        const halves = await destination.format.split((await fileOf(rows)).bytes)

        const expected = [await fileOf(rows.slice(0, middle)), await fileOf(rows.slice(middle))]
        const contentOf = (file: FinishedFile) => [file.rows, file.contentSha256]
        expect(halves?.map(contentOf)).toEqual(expected.map(contentOf))
      })

      it('of one row do not split', async () => {
        const { bytes } = await fileOf(subject.rows.slice(0, 1))

        expect(await destination.format.split(bytes)).toBeNull()
      })
    })

    describe('a batch', () => {
      it('has the same id for the same parts, and a different id if any part differs', () => {
        const idOf = (change: Partial<BatchParts>) => batchId(destination.delivery, { ...parts, ...change })
        const others = [{ batch: 'commit-1/0-0/a' }, { batch: 'commit-2/0-0' }, { generation: 1 }]

        expect(idOf({})).toBe(idOf({}))
        for (const change of others) expect(idOf(change)).not.toBe(idOf({}))
      })

      it('is accepted once its rows will be stored, and stores each once, in order', async () => {
        const answer = await deliver(batchOf(await fileOf(subject.rows)))
        await subject.settle()

        expect(answer.kind).toBe('accepted')
        if (answer.kind !== 'accepted') return
        expect(answer.rows ?? subject.rows.length).toBe(subject.rows.length)
        expect(answer.invalidRows ?? 0).toBe(0)
        expect(subject.stored()).toEqual(subject.names)
      })

      it('whose halves are sent one after the other stores the same rows in the same order', async () => {
        const halves = (await destination.format.split((await fileOf(subject.rows)).bytes)) ?? []

        for (const [index, half] of halves.entries()) await deliver(batchOf(half, `half/${index}`))
        await subject.settle()

        expect(subject.stored()).toEqual(subject.names)
      })

      it('is polled with the receipt of its answer until its import is done with all rows', async () => {
        const batch = batchOf(await fileOf(subject.rows))
        const answer = await deliver(batch)
        const receipt = answer.kind === 'accepted' ? answer.receipt : undefined
        expect(receipt === undefined).toBe(destination.poll === undefined)
        if (receipt === undefined) return

        await subject.settle()

        expect(
          await subject.await(destination.poll?.(batch, receipt, signal) ?? Promise.resolve(null)),
        ).toEqual({
          kind: 'done',
          rows: batch.rows,
        })
      })

      it('stays unsent where the send window has closed', async () => {
        const batch = batchOf(await fileOf(subject.rows))

        const answer = await deliver(batch, { signal, isOpen: () => false })
        await subject.settle()

        expect(answer.kind).toBe('not-sent')
        expect(subject.stored()).toEqual([])
      })

      it.each(obstacles)('that meets `%s` gets that refusal, and no row is stored', async (obstacle) => {
        const batch = batchOf(await fileOf(subject.rows))
        const prepared = await subject.await(destination.prepare?.(batch, signal) ?? noPreparation)
        const handle = prepared.kind === 'prepared' ? prepared.handle : ''
        subject.meet(obstacle)

        const answer = await subject.await(destination.send(batch, openWindow, handle))
        await subject.settle()

        expect(answer.kind).toBe(obstacle)
        expect(subject.stored()).toEqual([])
      })

      it('whose answer is lost is `unknown`, and its delivery kind settles it', async () => {
        const batch = batchOf(await fileOf(subject.rows))
        const prepared = await subject.await(destination.prepare?.(batch, signal) ?? noPreparation)
        subject.meet('answer-lost')

        const answer = await subject.await(
          destination.send(batch, openWindow, prepared.kind === 'prepared' ? prepared.handle : ''),
        )
        await subject.settle()
        const found = await lookUp(batch)
        if (destination.delivery.kind === 'upsert') await deliver(batch)
        await subject.settle()

        expect(answer.kind).toBe('unknown')
        expect(found?.kind ?? 'found').toBe('found')
        if (found?.kind === 'found' && 'rows' in found) expect(found.rows).toBe(batch.rows)
        if (found?.kind === 'found' && 'receipts' in found) expect(found.receipts).toHaveLength(1)
        expect(subject.stored()).toEqual(subject.names)
      })
    })

    if (kind !== 'upsert') {
      describe('a lookup', () => {
        it('finds no batch that was never sent', async () => {
          expect(await lookUp(batchOf(await fileOf(subject.rows)))).toEqual({ kind: 'absent' })
        })

        it.each(obstacles)('that meets `%s` proves nothing', async (obstacle) => {
          const batch = batchOf(await fileOf(subject.rows))
          subject.meet(obstacle)

          expect(await lookUp(batch)).toMatchObject({ kind: obstacle })
        })
      })
    }

    if (kind === 'keyed') {
      it('finds every row of a good batch valid without storing it', async () => {
        const { delivery } = destination
        const batch = batchOf(await fileOf(subject.rows))
        if (delivery.kind !== 'keyed') throw new RangeError(delivery.kind)

        expect(await subject.await(delivery.verify?.(batch, signal) ?? valid)).toEqual({ kind: 'valid' })
        expect(subject.stored()).toEqual([])
      })
    }

    it('prepares a batch repeatably: only the send makes it count', async () => {
      const batch = batchOf(await fileOf(subject.rows))
      await subject.await(destination.prepare?.(batch, signal) ?? noPreparation)

      await deliver(batch)
      await subject.settle()

      expect(subject.stored()).toEqual(subject.names)
    })

    it('has the declared delivery kind', () => {
      expect(destination.delivery.kind).toBe(kind)
    })

    it('declares limits and waits that the engine can keep', () => {
      const { limits } = destination
      expect(limits.batchRows).toBeGreaterThan(0)
      expect(limits.batchTextBytes).toBeGreaterThan(0)
      expect(limits.batchStoredBytes).toBeGreaterThan(0)
      expect(limits.underWay).toBeGreaterThan(0)
      expect(limits.requestIntervalMs).toBeGreaterThanOrEqual(0)
      expect(limits.partitionIntervalMs(limits.batchRows)).toBeGreaterThanOrEqual(0)
    })

    it('has an identity without secrets, and a distinct name for each partition', () => {
      const { identity, partition } = destination
      const names = Array.from({ length: partition.count }, (_, index) => partition.name(index))
      expect(new Set(names).size).toBe(partition.count)
      for (const value of Object.values(identity)) expect(value).not.toBe('')
      for (const secret of subject.secrets) expect(JSON.stringify([identity, names])).not.toContain(secret)
    })

    it('answers without secrets', async () => {
      const batch = batchOf(await fileOf(subject.rows))
      const answers: unknown[] = [await deliver(batch), await lookUp(batch)]
      subject.meet('not-permitted')
      answers.push(await subject.await(destination.send(batch, openWindow, '')))

      for (const secret of subject.secrets) expect(JSON.stringify(answers)).not.toContain(secret)
    })
  })
}

const noPreparation = Promise.resolve({ kind: 'prepared' as const, handle: '' })
const valid = Promise.resolve({ kind: 'valid' as const })
