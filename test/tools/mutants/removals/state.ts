import type { Removal } from './removal'

/** Lease, conditional writes and the end of a run. */
export const stateRemovals: readonly Removal[] = [
  {
    safeguard: 'a write replaces only the version that was read (If-Match)',
    file: 'src/state/versioned-file.ts',
    find: 'store.write(path, body, condition, signal)',
    replace:
      'store.write(path, body, over === null ? condition : { ifMatch: (await store.read(path)).etag ?? over }, signal)',
  },
  {
    safeguard: 'each write of the document has an id of its own',
    file: 'src/state/write-queue.ts',
    find: 'write: newId() }',
    replace: "write: newId() && '' }",
  },
  {
    safeguard: 'the heartbeat renews the lease',
    file: 'src/state/job-state.ts',
    find: "await write({ type: 'lease-renewed' })",
    replace: '',
  },
  {
    safeguard: 'the heartbeat ends with the activation',
    file: 'src/state/job-state.ts',
    find: 'if (storeClock.now() >= holder.endsAt) return',
    replace: '',
  },
  {
    safeguard: 'a lease that is held is not taken over',
    file: 'src/state/job-document.ts',
    find: 'content.lease !== null && storeNow - modifiedAt <= leaseTtlMs',
    replace: 'content.lease !== null && false',
  },
  {
    safeguard: 'a batch that a killed run was sending is in doubt',
    file: 'src/state/reduce-lease.ts',
    find: "{ ...batchOf(entry), state: 'in-doubt', doubtFrom: at }",
    replace: "{ ...batchOf(entry), state: 'staged' }",
  },
  {
    safeguard: 'a run that takes over does not send an accepted batch again',
    file: 'src/state/reduce-lease.ts',
    find: "entry.state === 'sending' ?",
    replace:
      "entry.state === 'accepted' ? { ...batchOf(entry), state: 'staged' } : entry.state === 'sending' ?",
  },
  {
    safeguard: 'a killed run of an upsert destination raises the barrier',
    file: 'src/state/reduce-lease.ts',
    find: 'barrier: sending ?',
    replace: 'barrier: sending && false ?',
  },
  {
    safeguard: 'a lost document stops the job',
    file: 'src/state/lease.ts',
    find: 'if (!found) await assertNeverRan(options)',
    replace: '',
  },
  {
    safeguard: 'runs without progress open the fuse',
    file: 'src/pipeline/outcome.ts',
    find: 'document.attempts > attemptsLimit',
    replace: 'document.attempts > Infinity',
  },
  {
    safeguard: 'a run that makes progress closes the fuse',
    file: 'src/state/reduce-delivery.ts',
    find: '{ ...document, attempts: 0 }',
    replace: 'document',
  },
  {
    safeguard: 'nothing begins that does not fit before the deadline',
    file: 'src/pipeline/deadline.ts',
    find: 'remainingMs() > ms',
    replace: 'remainingMs() > -Infinity || ms > 0',
  },
  {
    safeguard: 'rejects expire',
    file: 'src/pipeline/retention.ts',
    find: 'storeNow - at > rejectsKeptMs',
    replace: 'storeNow - at > Infinity',
  },
  {
    safeguard: 'orphans are deleted',
    file: 'src/pipeline/orphans.ts',
    find: 'await files.delete(run, file)',
    replace: '',
  },
  {
    safeguard: 'files that the document names are no orphans',
    file: 'src/pipeline/orphans.ts',
    find: 'if (named.has(file)) continue',
    replace: 'named.has(file)',
  },
]
