import type { HeldBatch, RunReport } from '../state/run-report'
import type { AlertSettings } from './settings'
import type { Condition, ConditionKind, Snapshot } from './condition'

/** Subjects that a text names; the state has all of them. */
const named = 5

/** What one run has left behind. @param report of a run that has ended */
export function snapshotOfReport(report: RunReport, settings: Pick<AlertSettings, 'lateAbove'>): Snapshot {
  return {
    speaksOf: ['failed', 'held', 'approval', ...workKinds([report])],
    conditions: [
      ...failed(report),
      ...heldConditions(report.held),
      ...(report.plan ? [approval(report.plan)] : []),
      ...workConditions([report], settings),
    ],
  }
}

/** A run that stopped at a held batch is told as `held`, which names the batch. */
export function failed(report: RunReport | undefined): Condition[] {
  if (report?.outcome !== 'failed' || report.reason === 'batch-held') return []
  const { error, run, activation, notes } = report
  const code = error?.code ?? report.reason ?? 'unknown'
  const message = error?.message ?? notes[0] ?? 'The run left no error.'
  return [
    {
      kind: 'failed',
      subjects: [code],
      title: `a run failed: ${code}`,
      text: `${message} (Run ${run}, activation ${activation}.)`,
      remedy: error?.remedy ?? `Read the log of activation ${activation}.`,
    },
  ]
}

export function heldConditions(
  held: readonly Pick<HeldBatch, 'batch' | 'rows' | 'code' | 'message'>[],
): Condition[] {
  const [first] = held
  if (!first) return []
  const batches = held.map(({ batch, rows, code }) => `${batch} (${rows} rows, ${code})`)
  return [
    {
      kind: 'held',
      subjects: held.map(({ batch }) => batch),
      title: `${held.length === 1 ? 'a batch waits' : `${held.length} batches wait`} for a person`,
      text: `Nothing more is extracted. Held: ${listed(batches)}. ${first.message}`,
      remedy:
        'Run with inspect=true: it lists the choices and the risk of each. Then resolve=<batch> with as=sent, as=resend or as=drop.',
    },
  ]
}

export function approval(plan: {
  readonly id: string
  readonly rows: number
  readonly batches: number
  readonly target: string
  readonly reasons: readonly { readonly message: string }[]
}): Condition {
  const { id, rows, batches, target, reasons } = plan
  return {
    kind: 'approval',
    subjects: [id],
    title: 'a plan waits for approval',
    text: `${rows} rows in ${batches} batches for ${target}; nothing more is extracted. ${reasons.map(({ message }) => message).join(' ')}`,
    remedy: `Look at it with inspect=true. To send exactly its batches: approve=${id}. To give it up: resolve=plan as=drop.`,
  }
}

/** Only a run that decided about new records tells something about their quality. */
export function workKinds(reports: readonly RunReport[]): ConditionKind[] {
  return lastWork(reports) ? ['late', 'all-rejected'] : []
}

/** What the newest run that decided about new records says about them. */
export function workConditions(
  reports: readonly RunReport[],
  { lateAbove }: Pick<AlertSettings, 'lateAbove'>,
): Condition[] {
  const report = lastWork(reports)
  if (!report) return []
  const late = report.late + (report.rejectsByReason.late ?? 0)
  return [
    ...(late > lateAbove ? [lateRows(late, report)] : []),
    ...(report.reason === 'all-rejected' ? [allRejected(report)] : []),
  ]
}

function lastWork(reports: readonly RunReport[]): RunReport | undefined {
  return reports.findLast(({ taken, rejects }) => taken + rejects > 0)
}

function lateRows(late: number, { run, rejectsByReason }: RunReport): Condition {
  const rejected = rejectsByReason.late ?? 0
  return {
    kind: 'late',
    subjects: ['late'],
    title: `${late} late rows`,
    text: `Run ${run} read rows older than what was already sent: ${late - rejected} were sent, ${rejected} rejected.`,
    remedy:
      'Let the source sort by the cursor, give slices a longer lag, or accept it: late rows count, but out of order. Rows of a backfill are late by nature.',
  }
}

function allRejected({ run, rejects, rejectsByReason }: RunReport): Condition {
  const reasons = Object.entries(rejectsByReason).map(([code, count]) => `${code} ${count}`)
  return {
    kind: 'all-rejected',
    subjects: ['all-rejected'],
    title: 'every new record was rejected',
    text: `Run ${run} rejected all ${rejects} new records, and sent none: ${listed(reasons)}.`,
    remedy: 'Correct the schema, the mapping or the source, deploy, then resolve=rejects as=resend.',
  }
}

/** The first of many, as text. */
export function listed(items: readonly string[]): string {
  const more = items.length > named ? ` and ${items.length - named} more` : ''
  return `${items.slice(0, named).join(', ')}${more}`
}
