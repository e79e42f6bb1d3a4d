import { linesOf, openPlainFile, splitPlainFile } from './plain-file'
import { apply, store } from './service'
import type {
  BatchParts,
  Delivery,
  Destination,
  EncodedRow,
  KeyLookupAnswer,
  NameLookupAnswer,
  OutgoingBatch,
  PollAnswer,
  PrepareAnswer,
  SendAnswer,
  VerifyAnswer,
} from '../../src/destinations/destination'
import type { Choices } from './choices'
import type { Saw } from './coverage'
import type { Import, Service } from './service'
import type { Process, WorldTime } from './time'

export type DeliveryKind = Delivery['kind']

export interface ModelRow {
  readonly id: string
  readonly visitor: number
  /** Seconds since the epoch. */
  readonly at: number
  readonly content: number
}

export interface DestinationOptions {
  readonly kind: DeliveryKind
  readonly service: Service
  readonly time: WorldTime
  readonly process: Process
  readonly choices: Choices
  readonly saw: Saw
  /** What the engine is told. */
  readonly batchRows: number
  readonly visibleWithinMs: number
  readonly rememberedMs: number
  readonly sendTimeoutMs: number
  /** How long after its send window a request may really take to show. */
  readonly settleMs: number
  readonly partitions: number
  /** The newest content of the source when its last read began: a row that deletes carries it. */
  readonly readAt: () => number
}

/** The outcome of one request; 0 is the ordinary one. `late` takes effect long after its sender has given up. */
const outcomes = [
  'accepted',
  'accepted',
  'accepted',
  'accepted',
  'reply-lost',
  'request-lost',
  'late',
  'error-after-effect',
  'error-without-effect',
  'throttled',
  'not-sent',
  'unauthorized',
  'too-large',
  'refused',
  'in-part',
] as const
type Outcome = (typeof outcomes)[number]

/** How long an import takes. */
const importMs = [30_000, 0, 4 * 60_000, 50 * 60_000] as const

/** The line that deletes a key, without its line end. */
export function deletionLine(id: string, content: number): string {
  return `${id},gone,0,${content}`
}

export function isDeletion(line: string): boolean {
  return line.split(',')[1] === 'gone'
}

/** The line of a row, without its line end. */
export function lineOf({ id, visitor, at, content }: ModelRow): string {
  return `${id},${visitor},${at},${content}`
}

export function partitionOf(visitor: number, partitions: number): number {
  return visitor % partitions
}

/** A destination without HTTP: the engine's contract, straight onto the model of a service. */
export function destinationFor(options: DestinationOptions): Destination<ModelRow> {
  const { kind, service, process, choices, partitions, batchRows, readAt } = options
  const transport = createTransport(options)
  const isUpsert = kind === 'upsert'
  const deletion = (id: string): EncodedRow => ({
    ...{ kind: 'row', line: `${deletionLine(id, readAt())}\n`, partition: 0, order: 0, rowKey: id },
  })

  return {
    identity: { kind: 'model', address: 'http://model', account: 'account', target: 'target' },
    format: {
      extension: 'txt',
      encode: (row) => ({
        kind: 'row',
        line: `${lineOf(row)}\n`,
        partition: partitionOf(row.visitor, partitions),
        ...(isUpsert ? { order: 0, rowKey: row.id } : { order: row.at }),
      }),
      ...(isUpsert ? { deletion } : {}),
      open: openPlainFile,
      split: splitPlainFile,
    },
    partition: {
      count: partitions,
      name: (index) => `partition-${index + 1}-of-${partitions}`,
      fingerprint: `visitor modulo ${partitions}`,
    },
    limits: {
      batchRows,
      batchTextBytes: 1e9,
      batchStoredBytes: 1e9,
      requestIntervalMs: 1_000,
      partitionIntervalMs: () => 20_000,
      underWay: 2,
    },
    semantics: isUpsert ? 'upsert' : 'append',
    delivery: deliveryFor(options),
    ...(isUpsert
      ? {
          prepare: (batch: OutgoingBatch): Promise<PrepareAnswer> =>
            process.call(100, () => {
              if (choices.next(12) === 11) return { kind: 'unknown', message: 'HTTP 500' }
              const handle = `upload-${service.uploads.size}`
              service.uploads.set(handle, batch)
              return { kind: 'prepared', handle }
            }),
        }
      : {}),
    send: (batch, window, handle) => transport.send(batch, window, handle),
    ...(kind === 'keyed' ? {} : { poll: (_batch, receipt) => poll(options, receipt) }),
  }
}

function deliveryFor(options: DestinationOptions): Delivery {
  const { kind, service, time, process, choices, visibleWithinMs, rememberedMs } = options
  const nameOf = ({ partition, batch, generation, contentSha256 }: BatchParts) =>
    `${partition}/${batch}/${generation}/${contentSha256.slice(0, 16)}`

  function ask<Found>(found: () => Found): Promise<Found | Exclude<KeyLookupAnswer, { kind: 'found' }>> {
    const outcome = choices.next(8)
    return process.call(100, () => {
      if (outcome === 6) return { kind: 'unknown', message: 'HTTP 500' }
      if (outcome === 7) return { kind: 'throttled', retryAfterMs: null }
      return found()
    })
  }

  if (kind === 'upsert') return { kind, settleMs: visibleWithinMs }
  if (kind === 'named') {
    return {
      kind,
      name: nameOf,
      lookup: ({ id }) =>
        ask((): NameLookupAnswer => {
          const [first, ...others] = service.imports
            .filter(({ name, visibleAt }) => name === id && visibleAt <= time.now())
            .map(({ receipt }) => receipt)
          return first === undefined ? { kind: 'absent' } : { kind: 'found', receipts: [first, ...others] }
        }),
      visibleWithinMs,
    }
  }
  return {
    kind,
    key: nameOf,
    lookup: ({ id }) =>
      ask((): KeyLookupAnswer => {
        const known = service.keys.get(id)
        const isVisible = known !== undefined && known.visibleAt <= time.now()
        return isVisible ? { kind: 'found', rows: known.rows } : { kind: 'absent' }
      }),
    verify: ({ id, bytes }) =>
      ask((): VerifyAnswer => {
        const refused = service.stored.some(
          (batch) => batch.id === id && batch.lines.length < linesOf(bytes).length,
        )
        return refused ? { kind: 'invalid', message: 'A row does not conform.' } : { kind: 'valid' }
      }) as Promise<VerifyAnswer>,
    visibleWithinMs,
    rememberedMs,
  }
}

function poll({ service, time, process, choices }: DestinationOptions, receipt: string): Promise<PollAnswer> {
  const outcome = choices.next(8)
  return process.call(100, (): PollAnswer => {
    if (outcome === 6) return { kind: 'unknown', message: 'HTTP 500' }
    if (outcome === 7) return { kind: 'throttled', retryAfterMs: 5_000 }
    const found = service.imports.find((one) => one.receipt === receipt)
    if (!found) return { kind: 'unknown', message: `There is no import ${receipt}.` }
    if (found.endsAt > time.now()) return { kind: 'processing' }
    if (found.end.kind === 'done') return { kind: 'done', rows: found.rows }
    return { kind: 'failed', cause: found.end.cause, rows: found.end.stored, message: 'The import failed.' }
  })
}

/** Requests that leave take their effect whether or not their sender lives on. */
function createTransport(options: DestinationOptions): Pick<Destination, 'send'> {
  const { kind, time, process, choices, saw, sendTimeoutMs, settleMs, service } = options
  const takeEffect = kind === 'keyed' ? keepByKey : kind === 'named' ? keepByName : replaceRows

  /** The answer of a service that has taken the batch at once. */
  function answerOf(batch: OutgoingBatch, outcome: Outcome, receipt: string): SendAnswer {
    if (kind !== 'keyed') return { kind: 'accepted', receipt }
    if (outcome === 'refused') return { kind: 'rejected', message: 'The header is not known.' }
    const invalidRows = outcome === 'in-part' ? 1 : 0
    return { kind: 'accepted', rows: batch.rows, invalidRows, log: '' }
  }

  return {
    async send(batch, window, handle): Promise<SendAnswer> {
      service.contents.set(batch.id, linesOf(batch.bytes))
      if (!window.isOpen()) return { kind: 'not-sent', message: 'The send window had closed.' }
      const checkedAt = time.now()
      // A process may freeze here for no longer than the protocol assumes.
      await process.gate(settleMs / 2)
      const drawn = outcomes[choices.next(outcomes.length)] ?? 'accepted'
      if (drawn === 'not-sent') return { kind: 'not-sent', message: 'connection refused' }
      saw('request')
      service.requests += 1
      // What a dying process has sent may still be on its way when another takes over.
      const outcome = process.requestLeft() && choices.next(4) > 0 ? 'late' : drawn
      const receipt = `import-${service.requests}`
      const effect = { batch, handle, receipt, outcome, shownBy: checkedAt + settleMs }
      noteDeletions(saw, outcome, linesOf(batch.bytes))
      const lagMs = choices.next(3) * Math.floor(settleMs / 3)
      const land = (afterMs: number) => {
        service.inFlight += 1
        return time.sleep(afterMs).then(() => {
          service.inFlight -= 1
          takeEffect(options, effect, Math.min(time.now() + lagMs, effect.shownBy))
        })
      }

      switch (outcome) {
        case 'late':
          void land(Math.max(50, checkedAt + sendTimeoutMs + Math.floor(settleMs / 2) - time.now()))
          return noAnswer()
        case 'reply-lost':
          void land(50)
          return noAnswer()
        case 'request-lost':
          return noAnswer()
        case 'error-after-effect':
          void land(50)
          return process.call(100, () => ({ kind: 'unknown', message: 'HTTP 500' }))
        case 'error-without-effect':
          return process.call(100, () => ({ kind: 'unknown', message: 'HTTP 500' }))
        case 'throttled':
          return process.call(100, () => ({ kind: 'throttled', retryAfterMs: 5_000 }))
        case 'unauthorized':
          return process.call(100, () => ({ kind: 'unauthorized', message: 'expired' }))
        case 'too-large':
          if (batch.rows > 1) return process.call(100, () => ({ kind: 'too-large', message: 'HTTP 413' }))
          break
        case 'refused':
          if (kind === 'keyed') return process.call(100, () => answerOf(batch, outcome, receipt))
          break
        case 'accepted':
        case 'in-part':
      }
      void land(50)
      return process.call(100, () => answerOf(batch, outcome, receipt))

      async function noAnswer(): Promise<SendAnswer> {
        await process.clock.sleep(sendTimeoutMs * 2, window.signal).catch(() => undefined)
        await process.gate()
        return { kind: 'unknown', message: 'no answer' }
      }
    },
  }
}

function noteDeletions(saw: Saw, outcome: Outcome, lines: readonly string[]): void {
  const deletions = lines.filter(isDeletion).length
  if (deletions === 0) return
  saw(deletions < lines.length ? 'deletion beside a value' : 'deletions alone')
  if (outcome === 'late') saw('late deletion')
  if (outcome === 'reply-lost' || outcome === 'error-after-effect') saw('lost answer to a deletion')
}

interface Effect {
  readonly batch: OutgoingBatch
  readonly handle: string
  readonly receipt: string
  readonly outcome: Outcome
  /** The protocol assumes that it shows by then, and that an upsert has taken effect. */
  readonly shownBy: number
}

function keepByKey({ service }: DestinationOptions, { batch, outcome }: Effect, visibleAt: number): void {
  const refused = outcome === 'in-part' ? 1 : 0
  store(service, batch, refused)
  if (!service.keys.has(batch.id)) service.keys.set(batch.id, { rows: batch.rows, visibleAt })
}

function keepByName(options: DestinationOptions, effect: Effect, visibleAt: number): void {
  const { service } = options
  const { batch, outcome, receipt } = effect
  const end = endOf(outcome, batch.rows)
  const endsAt = endsAtOf(options)
  service.imports.push({ receipt, name: batch.id, rows: batch.rows, visibleAt, endsAt, end })
  if (end.kind === 'done') store(service, batch)
  else if (end.stored > 0) store(service, batch, batch.rows - end.stored)
}

/** Newer values must not be overtaken, so an import applies its rows when it ends. */
function replaceRows(options: DestinationOptions, effect: Effect, visibleAt: number): void {
  const { service, time } = options
  const { handle, outcome, receipt, shownBy } = effect
  const batch = service.uploads.get(handle)
  if (!batch) return
  const end = endOf(outcome, batch.rows)
  const endsAt = Math.min(endsAtOf(options), shownBy)
  service.imports.push({ receipt, name: batch.id, rows: batch.rows, visibleAt, endsAt, end })
  if (end.kind === 'done') void time.sleep(endsAt - time.now()).then(() => apply(service, batch))
}

function endOf(outcome: Outcome, rows: number): Import['end'] {
  if (outcome === 'refused') return { kind: 'failed', cause: 'rejected', stored: 0 }
  if (outcome === 'in-part') return { kind: 'failed', cause: 'broken', stored: rows - 1 }
  return { kind: 'done' }
}

function endsAtOf({ time, choices }: DestinationOptions): number {
  return time.now() + (importMs[choices.next(importMs.length)] ?? 0)
}
