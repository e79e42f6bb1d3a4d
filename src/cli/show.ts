import * as z from 'zod'
import { withoutControls } from '../http/foreign-text'
import { RunReport } from '../state/run-report'
import { tenantLines } from './show-tenants'
import { table } from './table'
import type { Command } from './commands'

/** Reports of dry runs, and of earlier versions, lack some figures: each is printed only if present. */
const Report = RunReport.partial().extend({ job: z.string(), outcome: z.string() })
type Report = z.infer<typeof Report>

const Inspection = z.object({
  job: z.string(),
  state: z.string().optional(),
  mode: z.string().optional(),
  cursor: z.string().nullish(),
  doneUntil: z.string().nullish(),
  next: z.object({ name: z.string(), due: z.boolean() }).nullish(),
  lease: z.object({ run: z.string(), held: z.boolean() }).nullish(),
  outbox: z.array(z.object({ batch: z.string(), rows: z.number(), state: z.string() })).default([]),
  plan: z.record(z.string(), z.unknown()).nullish(),
  rejects: z.array(z.object({ file: z.string(), open: z.number(), expires: z.string() })).default([]),
  reports: z.array(Report).default([]),
})
type Inspection = z.infer<typeof Inspection>

const Link = z.object({ link: z.string(), next: z.string() })

/** An action that could not do what it was asked for. A run that failed has a report as well. */
const Failure = z.object({
  outcome: z.literal('failed'),
  error: z.object({ message: z.string(), remedy: z.string() }),
})

/**
 * The lines for a person. Texts of servers are printed without control characters. An answer of another form than
 * expected is printed unchanged.
 */
export function show(shows: Command['shows'], answer: object): string {
  return linesOf(shows, answer)
    .map((line) => (line.startsWith('{') ? line : withoutControls(line)))
    .join('\n')
}

function linesOf(shows: Command['shows'], answer: object): readonly string[] {
  const asJson = [JSON.stringify(answer, null, 2)]
  if (shows === 'all') return asJson
  if (shows === 'report') {
    const report = Report.safeParse(answer).data
    return tenantLines(answer) ?? (report ? reportLines(report) : asJson)
  }
  // Before the other forms, whose members are all optional: a failure would be shown as an empty state.
  const failure = Failure.safeParse(answer).data
  if (failure) return errorLines(failure.error)
  if (shows === 'link') {
    const made = Link.safeParse(answer).data
    return made ? [made.link, made.next] : asJson
  }
  const inspection = Inspection.safeParse(answer).data
  if (!inspection) return asJson
  if (inspection.state !== undefined) return [inspection.state]
  if (shows === 'plan') return planLines(inspection)
  return shows === 'rejects' ? rejectLines(inspection) : statusLines(inspection)
}

const figures = [
  'records',
  'rows',
  'rejects',
  'duplicates',
  'repeated',
  'batches',
  'confirmed',
  'pending',
] as const

function reportLines(report: Report): readonly string[] {
  const { job, outcome, reason, error, notes = [], held = [], rejectsByReason = {} } = report
  return [
    `${job}: ${outcome}${reason === undefined ? '' : ` (${reason})`}`,
    ...table(
      figures.flatMap((name) =>
        report[name] === undefined ? [] : [[name, report[name].toLocaleString('en')]],
      ),
    ),
    ...table(Object.entries(rejectsByReason).map(([code, count]) => [`  ${code}`, count])),
    ...(error ? errorLines(error) : []),
    ...notes.map((note) => `· ${note}`),
    ...held.flatMap(({ batch, rows, message, choices }) => [
      `✖ Batch ${batch} (${rows} rows) waits for a person: ${message}`,
      ...choices.map((choice) => `  → ${choice}`),
    ]),
  ]
}

function errorLines({ message, remedy }: z.infer<typeof Failure>['error']): readonly string[] {
  return [`✖ ${message}`, `  → ${remedy}`]
}

function statusLines({
  job,
  mode,
  cursor,
  doneUntil,
  next,
  lease,
  outbox,
  plan,
  rejects,
  reports,
}: Inspection) {
  const open = rejects.reduce((sum, segment) => sum + segment.open, 0)
  const waiting = outbox.filter(({ state }) => state !== 'confirmed')
  return [
    ...table([
      ['job', job],
      ['mode', mode ?? ''],
      ['stands at', cursor ?? doneUntil ?? 'the beginning'],
      ...(next ? [['next slice', `${next.name}${next.due ? ', due' : ', not due yet'}`]] : []),
      ['running', lease?.held ? `run ${lease.run}` : 'no'],
      ['batches under way', waiting.length],
      ['plan', plan && !plan.decision ? 'waits for approval' : 'none'],
      ['open rejects', open],
    ]),
    '',
    ...table([
      ['ended', 'outcome', 'reason', 'records', 'rows', 'rejects', 'confirmed'],
      ...reports.map((report) => [
        ...[report.endedAt ?? '', report.outcome, report.reason ?? ''],
        ...[report.records ?? '', report.rows ?? '', report.rejects ?? '', report.confirmed ?? ''],
      ]),
    ]),
  ]
}

function planLines({ plan }: Inspection): readonly string[] {
  return plan ? [JSON.stringify(plan, null, 2)] : ['No plan waits.']
}

function rejectLines({ job, rejects, reports }: Inspection): readonly string[] {
  if (rejects.length === 0) return ['No reject is open.']
  const reasons = new Map<string, number>()
  for (const { rejectsByReason = {} } of reports) {
    for (const [code, count] of Object.entries(rejectsByReason)) {
      reasons.set(code, (reasons.get(code) ?? 0) + count)
    }
  }
  return [
    ...table([
      ['open', 'expires', 'records as JSON Lines, in Files'],
      ...rejects.map(({ open, expires, file }) => [open, expires, `jobs/${job}/…/${file}`]),
    ]),
    '',
    ...table([['reason', 'of the last runs'], ...reasons]),
    '',
    `→ correct the schema or map, deploy, then: replay ${job}`,
    `→ or give them up: resolve ${job} rejects --as drop`,
  ]
}
