import type { LogFields } from '../log'
import type { CommandEffect } from './command-effect'
import type { StateEvent } from './events'
import type { Work } from './work'

/** The facts of an event's log line: the members of the event, with counts in place of lists. */
export function factsOf(event: StateEvent): LogFields {
  switch (event.type) {
    case 'committed':
      return {
        ...workFacts(event.work),
        finished: event.advance.finished,
        cursor: event.advance.cursor?.since,
        batches: event.entries.length,
        plan: event.plan?.id,
        ...event.counters,
        ...(event.notes?.length ? { notes: event.notes } : {}),
      }
    case 'command-accepted':
      return { note: event.note, ...effectFacts(event.effect) }
    case 'counted':
      return event.counters
    case 'held':
      return {
        id: event.id,
        code: event.hold.code,
        message: event.hold.message,
        invalidRows: event.invalidRows,
      }
    case 'split':
      return { id: event.id, halves: event.halves.map(({ id }) => id) }
    case 'arrivals-checked':
      return {
        arrived: event.verdicts.filter(({ kind }) => kind === 'arrived').map(({ id }) => id),
        missing: event.verdicts.filter(({ kind }) => kind === 'missing').map(({ id }) => id),
        compared: event.comparisons.map(({ id }) => id),
      }
    case 'regrouped':
      return { partitioning: event.partitioning, partitions: event.partitions.length }
    case 'run-ended': {
      const { outcome, reason, error, records, rows, rejects, batches, confirmed, pending } = event.report
      return { outcome, reason, error: error?.message, records, rows, rejects, batches, confirmed, pending }
    }
    default:
      return Object.fromEntries(Object.entries(event).filter(([name]) => name !== 'type'))
  }
}

function workFacts(work: Work): LogFields {
  switch (work.kind) {
    case 'slice':
      return { work: work.kind, from: iso(work.slice.from), to: iso(work.slice.to) }
    case 'backfill':
      return { work: work.backfill.name }
    case 'replay':
      return { work: work.replay.name }
    default:
      return { work: work.kind }
  }
}

function effectFacts(effect: CommandEffect): LogFields {
  switch (effect.kind) {
    case 'backfill':
      return { effect: effect.kind, name: effect.backfill.name }
    case 'replay':
      return { effect: effect.kind, name: effect.replay.name }
    case 'backfill-dropped':
      return { effect: effect.kind, name: effect.name }
    case 'batch-settled':
    case 'batch-resent':
      return { effect: effect.kind, id: effect.id }
    case 'waived':
      return { effect: effect.kind, waiver: effect.waiver }
    default:
      return { effect: effect.kind }
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
