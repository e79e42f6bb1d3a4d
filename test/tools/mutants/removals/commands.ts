import type { Removal } from './removal'

/** What a person asks of a run. */
export const commandRemovals: readonly Removal[] = [
  {
    safeguard: 'a backfill of an incremental job reads its own range',
    file: 'src/pipeline/extraction/read-plan.ts',
    find: "work.kind === 'backfill' && work.backfill.mode === 'incremental' ? work.backfill : null",
    replace:
      "work.kind === 'backfill' && work.backfill.mode === 'incremental' && work.backfill.name === '' ? work.backfill : null",
  },
  {
    safeguard: 'a backfill does not starve ordinary work',
    file: 'src/pipeline/extraction/extract.ts',
    find: "work.kind === 'backfill' && state.storeClock.now() >= turnEndsAt",
    replace: 'false',
  },
  {
    safeguard: 'a backfill of an incremental job ends with its range',
    file: 'src/pipeline/extraction/read-plan.ts',
    find: 'until: backfill?.to.at ?? null',
    replace: 'until: null',
  },
  {
    safeguard: 'force is refused while batches are on their way',
    file: 'src/pipeline/commands/add-backfill.ts',
    find: 'if (pending > 0) {',
    replace: 'if (pending > Infinity) {',
  },
  {
    safeguard: 'what was read is read again by force only',
    file: 'src/pipeline/commands/add-backfill.ts',
    find: 'if (!force) {',
    replace: "if (!force && label === '') {",
  },
  {
    safeguard: 'force alone means the slice that was done last',
    file: 'src/pipeline/commands/slice-range.ts',
    find: 'from === undefined && to === undefined',
    replace: "from === undefined && to === ''",
  },
  {
    safeguard: 'resolve=rejects as=drop gives open rejects up',
    file: 'src/pipeline/commands/resolve-rejects.ts',
    find: "  if (as === 'drop') {",
    replace: "  if (as === 'drop' && open < 0) {",
  },
  {
    safeguard: 'resolve=rejects as=resend tries open rejects again',
    file: 'src/pipeline/commands/resolve-rejects.ts',
    find: "if (as === 'resend') {",
    replace: "if (as === 'resend' && open < 0) {",
  },
  {
    safeguard: 'a slice that blocks the job can be left out',
    file: 'src/pipeline/commands/accept-command.ts',
    find: "if (resolve.startsWith('slice-')) return skipSlice(job, document, resolve, as, storeNow)",
    replace: '',
  },
  {
    safeguard: 'only the slice that is next can be left out',
    file: 'src/pipeline/commands/skip-slice.ts',
    find: 'sliceName(slice) !== name',
    replace: "name === ''",
  },
  {
    safeguard: 'a command that is given again does nothing',
    file: 'src/pipeline/commands/accept-command.ts',
    find: 'if (repeated) return [repeatedNote(repeated, reports)]',
    replace: 'if (repeated && reports.length < 0) return [repeatedNote(repeated, reports)]',
  },
  {
    safeguard: 'a backfill that cannot go on can be dropped',
    file: 'src/pipeline/commands/accept-command.ts',
    find: 'if (aside) return dropBackfill(aside, as)',
    replace: '',
  },
  {
    safeguard: 'a held batch is resolved only as its hold allows',
    file: 'src/pipeline/commands/resolve-batch.ts',
    find: 'if (!allowed.includes(as)) {',
    replace: 'if (!allowed.includes(as) && allowed.length === 0) {',
  },
  {
    safeguard: 'a batch that is sent again gets a key of its own',
    file: 'src/pipeline/commands/resolve-batch.ts',
    find: 'const generation = entry.generation + 1',
    replace: 'const generation = entry.generation',
  },
  {
    safeguard: 'a waiver lifts a block once',
    file: 'src/state/reduce-commit.ts',
    find: 'document.waivers.filter((waiver) => !event.waived.includes(waiver))',
    replace: 'document.waivers',
  },
  {
    safeguard: 'only the plan of the given id is approved',
    file: 'src/pipeline/commands/approve-plan.ts',
    find: 'if (plan?.id !== id) throw',
    replace: 'if (!plan) throw',
  },
  {
    safeguard: 'an approved plan goes where it was planned to go',
    file: 'src/pipeline/commands/approve-plan.ts',
    find: '  assertSameTarget(document, target)\n',
    replace: '',
  },
  {
    safeguard: 'a planned batch is not sent before it is approved',
    file: 'src/pipeline/extraction/commit.ts',
    find: 'entries: staged.map(toPlanned), plan',
    replace: 'entries: staged, plan',
  },
  {
    safeguard: 'records of a dropped plan are known as dropped',
    file: 'src/pipeline/extraction/drop-records.ts',
    find: 'entry.decision === decisions.sent && !wasSent(entry)',
    replace: 'false',
  },
  {
    safeguard: 'records that were sent before a dropped plan stay known as sent',
    file: 'src/pipeline/extraction/drop-records.ts',
    find: ' && !wasSent(entry)',
    replace: '',
  },
]
