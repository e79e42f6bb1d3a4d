import type { Removal } from './removal'

/** What becomes of a record before it is committed. */
export const extractionRemovals: readonly Removal[] = [
  {
    safeguard: 'extraction waits while the outbox is full (backpressure)',
    file: 'src/pipeline/extraction/backpressure.ts',
    find: "destination.semantics === 'upsert' ? 1 : settings.outboxLimit",
    replace: "destination.semantics === 'upsert' ? 1 : Infinity || settings.outboxLimit",
  },
  {
    safeguard: 'an upsert commit is extracted when the one before is confirmed',
    file: 'src/pipeline/extraction/backpressure.ts',
    find: "destination.semantics === 'upsert' ? 1 :",
    replace: '',
  },
  {
    safeguard: 'a batch that is held stops extraction',
    file: 'src/pipeline/extraction/backpressure.ts',
    find: "if (isHeld()) return 'held'",
    replace: '',
  },
  {
    safeguard: 'a commit of mostly rejects is refused',
    file: 'src/pipeline/extraction/commit-rejects.ts',
    find: 'count > rejectsAllowed && count > newRecords * rejectShare',
    replace: 'count > rejectsAllowed && count > newRecords * Infinity',
  },
  {
    safeguard: 'open rejects are limited',
    file: 'src/pipeline/extraction/commit-rejects.ts',
    find: 'openIn(index) > settings.openRejects',
    replace: 'openIn(index) > Infinity',
  },
  {
    safeguard: 'rejects of one commit that do not fit into memory stop it',
    file: 'src/pipeline/extraction/commit-rejects.ts',
    find: 'count > settings.commitRejects &&',
    replace: 'count > Infinity &&',
  },
  {
    safeguard: 'late: reject rejects late rows',
    file: 'src/pipeline/extraction/commit.ts',
    find: "rejectsLate: job.sync.late === 'reject' && !aside",
    replace: "rejectsLate: job.sync.late === 'reject' && !aside && false",
  },
  {
    safeguard: 'a commit of too many batches is refused (slice-too-large)',
    file: 'src/pipeline/extraction/staged-batches.ts',
    find: 'if (entries.length >= settings.commitBatches) throw tooLarge(name, settings.commitBatches)',
    replace: '',
  },
  {
    safeguard: 'the deduplication index is pruned behind the lookback',
    file: 'src/pipeline/extraction/key-memory.ts',
    find: 'current.segments.filter((segment) => !isForgotten?.(segment.to))',
    replace: 'current.segments',
  },
  {
    safeguard: 'the deduplication index of an incremental job reaches as far as the lookback reads',
    file: 'src/pipeline/extraction/read-plan.ts',
    find: 'const earliest = cursorBefore(field, cursor, sync.lookback)',
    replace: 'const earliest = cursor',
  },
  {
    safeguard: 'the deduplication index of a sliced job reaches as far as the lookback reads',
    file: 'src/pipeline/extraction/read-plan.ts',
    find: 'canonicalInstant(watermark - sync.lookback)',
    replace: 'canonicalInstant(watermark)',
  },
  {
    safeguard: 'records at the cursor are remembered (ties)',
    file: 'src/pipeline/stage.ts',
    find: "sync.mode === 'incremental' && sync.cursor.kind === 'record' ? 'ties' : 'none'",
    replace: "'none'",
  },
  {
    safeguard: 'a full refresh remembers everything',
    file: 'src/pipeline/stage.ts',
    find: "if (sync.mode === 'full-refresh') return 'all'",
    replace: "if (sync.mode === 'full-refresh') return 'none'",
  },
  {
    safeguard: 'a record whose reject is open heals it',
    file: 'src/pipeline/extraction/intake.ts',
    find: "const open = indexed?.reject.state === 'open' ? indexed.reject : null",
    replace: 'const open = null',
  },
  {
    safeguard: 'a rejected record that was dropped stays left out',
    file: 'src/pipeline/extraction/intake.ts',
    find: "if (sameReject && !open) return { kind: 'repeated', closes: null, dropped: sameReject }",
    replace: '',
  },
  {
    safeguard: 'a record behind the cursor is not sent',
    file: 'src/pipeline/extraction/intake.ts',
    find: "if (place === 'behind' && !known?.same && !indexed?.same) return { kind: 'behind' }",
    replace: '',
  },
  {
    safeguard: 'a record in the far future does not move the cursor',
    file: 'src/pipeline/extraction/intake.ts',
    find: "place === 'ahead' ? null : record.cursor",
    replace: 'record.cursor',
  },
  {
    safeguard: 'a replay leaves to the ordinary read what lies ahead of it',
    file: 'src/pipeline/extraction/intake.ts',
    find: "if (place === 'to-come') return untouched(record, { kind: 'repeated', closes: null })",
    replace: '',
  },
  {
    safeguard: 'a record outside its slice is an error',
    file: 'src/pipeline/extraction/scope.ts',
    find: "if (bringsMore) return 'out-of-range'",
    replace: "if (bringsMore || name !== '') return 'out-of-range'",
  },
  {
    safeguard: 'a changed definition stops extraction',
    file: 'src/pipeline/stage.ts',
    find: '  assertSameCounting(context)\n',
    replace: '',
  },
  {
    safeguard: 'regrouped rows wait for the old batches',
    file: 'src/pipeline/stage.ts',
    find: 'if (regroupingWait(context) > 0) return false',
    replace: '',
  },
  {
    safeguard: 'a regrouped partition starts from the newest mark of all',
    file: 'src/state/reduce.ts',
    find: 'mark: greatest(before.map(({ mark }) => mark))',
    replace: 'mark: null',
  },
  {
    safeguard: 'nothing is read while a plan waits',
    file: 'src/pipeline/stage.ts',
    find: "if (waitingPlan(context.state.document)) return 'held'",
    replace: '',
  },
  {
    safeguard: 'nothing is read behind a commit that became a plan',
    file: 'src/pipeline/extraction/backpressure.ts',
    find: 'waitingPlan(state.document) !== null || ',
    replace: '',
  },
  {
    safeguard: 'a commit with a concern waits for a person',
    file: 'src/pipeline/extraction/commit.ts',
    find: 'if (review.reasons.length === 0) return null',
    replace: 'if (review.reasons.length >= 0) return null',
  },
  {
    safeguard: 'a commit whose review was not answered is not made',
    file: 'src/pipeline/extraction/review-commit.ts',
    find: "if (answer.kind !== 'reviewed') throw unanswered(name, answer, destination, redact)",
    replace:
      "if (answer.kind !== 'reviewed') return { reasons: [...required, ...expected], notes: [], serverCalls: null }",
  },
  {
    safeguard: 'what an approved job reads in one run is one commit',
    file: 'src/pipeline/extraction/progress.ts',
    find: '!isOneCommit(job) && ',
    replace: '',
  },
]
