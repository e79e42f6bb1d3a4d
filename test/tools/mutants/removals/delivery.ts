import type { Removal } from './removal'

/** From a committed batch to a confirmed one. */
export const deliveryRemovals: readonly Removal[] = [
  {
    safeguard: 'the intent to send is durable before the request (write-ahead)',
    file: 'src/pipeline/delivery/send.ts',
    find: 'const issuedAt = await state.write({',
    replace: 'const issuedAt = context.clock.monotonic()\n  state.later({',
  },
  {
    safeguard: 'a request does not leave after its send window',
    file: 'src/pipeline/delivery/send-window.ts',
    find: 'isOpen: () => !either.aborted && clock.monotonic() < endsAt',
    replace: 'isOpen: () => !signal.aborted',
  },
  {
    safeguard: 'a request is aborted when its send window closes',
    file: 'src/pipeline/delivery/send-window.ts',
    find: "() => expiry.abort(new Error('The send window closed.'))",
    replace: '() => undefined',
  },
  {
    safeguard: 'staged bytes are stored before they are committed',
    file: 'src/pipeline/extraction/staged-batches.ts',
    find: 'await files.add(file, bytes)',
    replace: '',
  },
  {
    safeguard: 'only the bytes that were staged are sent',
    file: 'src/pipeline/delivery/staged-files.ts',
    find: 'actual === sha256 ?',
    replace: 'actual ?',
  },
  {
    safeguard: 'a batch in doubt is looked up',
    file: 'src/pipeline/delivery/plan.ts',
    find: "question(destination.delivery, notes, entry, waitMs) ?? { kind: 'clear', entry, waitMs }",
    replace: "{ kind: 'clear', entry, waitMs }",
  },
  {
    safeguard: 'absence proves nothing before an accepted batch would have to show (doubt wait)',
    file: 'src/pipeline/delivery/look-up.ts',
    find: 'if (askedAt < provesFrom)',
    replace: 'if (askedAt < 0)',
  },
  {
    safeguard: 'a key that may be forgotten is not sent again',
    file: 'src/pipeline/delivery/look-up.ts',
    find: 'sinceFirstSend > delivery.rememberedMs',
    replace: 'sinceFirstSend > Infinity',
  },
  {
    safeguard: 'a key that is known with other rows is held',
    file: 'src/pipeline/delivery/look-up.ts',
    find: 'if (answer.rows !== entry.rows) {',
    replace: 'if (answer.rows < 0) {',
  },
  {
    safeguard: 'a batch that was found is verified',
    file: 'src/pipeline/delivery/look-up.ts',
    find: 'notes.found = true\n  return 0',
    replace: "return confirm(context, entry, 'lookup')",
  },
  {
    safeguard: 'a name that is found twice is held',
    file: 'src/pipeline/delivery/look-up.ts',
    find: 'if (answer.receipts.length > 1) {',
    replace: 'if (answer.receipts.length > Infinity) {',
  },
  {
    safeguard: 'a state that may have been lost asks before its first send',
    file: 'src/pipeline/delivery/plan.ts',
    find: 'const asked = document.reconciled || notes.absent',
    replace: 'const asked = true',
  },
  {
    safeguard: 'an accepted batch is confirmed by its poll only',
    file: 'src/pipeline/delivery/settle-answer.ts',
    find: 'if (context.destination.poll) {',
    replace: 'if (context.destination.poll && rows < 0) {',
  },
  {
    safeguard: 'an accepted batch is polled',
    file: 'src/pipeline/delivery/plan.ts',
    find: "return { kind: 'poll', entry, waitMs }",
    replace: 'return null',
  },
  {
    safeguard: 'an import with other counts is held',
    file: 'src/pipeline/delivery/poll.ts',
    find: "if (answer.kind === 'done' && (answer.rows ?? rows) === rows)",
    replace: "if (answer.kind === 'done' && (answer.rows ?? rows) >= 0)",
  },
  {
    safeguard: 'a broken import is sent again three times only',
    file: 'src/pipeline/delivery/poll.ts',
    find: 'retries < retryLimit',
    replace: 'retries < Infinity',
  },
  {
    safeguard: 'an answer with other counts is held',
    file: 'src/pipeline/delivery/settle-answer.ts',
    find: 'if (rows === entry.rows && invalidRows === 0)',
    replace: 'if (rows === entry.rows || invalidRows === 0)',
  },
  {
    safeguard: 'one batch of a partition travels after the other',
    file: 'src/pipeline/delivery/plan.ts',
    find: 'taken.add(partition)',
    replace: '',
  },
  {
    safeguard: 'an upsert commit waits until a lost request can take no effect any more',
    file: 'src/pipeline/delivery/plan.ts',
    find: 'barrier > storeNow && !hasBegun(facts, commit)',
    replace: 'barrier > Infinity && !hasBegun(facts, commit)',
  },
  {
    safeguard: 'upsert batches travel commit by commit',
    file: 'src/pipeline/delivery/plan.ts',
    find: 'pending.filter((entry) => entry.commit === commit',
    replace: 'pending.filter((entry) => entry.commit >= commit',
  },
  {
    safeguard: 'Retry-After of a send is waited for',
    file: 'src/pipeline/delivery/settle-answer.ts',
    find: 'await returnToStaged(context, entry, waitMs,',
    replace: 'await returnToStaged(context, entry, 0 * waitMs,',
  },
  {
    safeguard: 'Retry-After of a lookup or poll is waited for',
    file: 'src/pipeline/delivery/refusal.ts',
    find: '  const { waitMs, error } = afterRefusal(context, notes, answer)\n  if (error) throw error',
    replace:
      '  const { error } = afterRefusal(context, notes, answer)\n  const waitMs = backOff(context, notes)\n  if (error) throw error',
  },
  {
    safeguard: 'a wait that a server asks for is limited',
    file: 'src/pipeline/delivery/refusal.ts',
    find: 'Math.min(askedMs + ownMs, longestWaitMs)',
    replace: 'askedMs + ownMs',
  },
  {
    safeguard: 'a rate limit pauses all requests of the run',
    file: 'src/pipeline/delivery/refusal.ts',
    find: '  pace.pause(waitMs)\n',
    replace: '',
  },
  {
    safeguard: 'the file of a batch is deleted after its confirmation only',
    file: 'src/pipeline/delivery/conclude.ts',
    find: "await state.write({ type: 'confirmed',",
    replace: "state.later({ type: 'confirmed',",
  },
]
