import type { CommandShape, Values } from './arguments'

/** One command for deployed jobs, with the params of the action that it becomes. */
export interface Command extends CommandShape {
  /** Default: `run-job`. */
  readonly action?: 'job-status'
  /** The part of the answer that is printed. */
  readonly shows: 'report' | 'status' | 'plan' | 'rejects' | 'link' | 'all'
  /** Params of the action, without `job`. */
  readonly params: (args: readonly string[], values: Values) => Readonly<Record<string, unknown>>
}

const flag = { type: 'boolean' } as const
const text = { type: 'string' } as const
const tenant = { tenant: text }
const again = { again: text }

/** Every command that is one invocation of an action, which an operator could also make by hand. */
export const commands: Readonly<Record<string, Command>> = {
  run: {
    args: ['job'],
    options: { ...tenant, 'dry-run': flag, force: flag, ...again },
    does: 'Do the work that is due. --dry-run writes and sends nothing; --force reads the last slice again.',
    examples: ['run orders --dry-run'],
    shows: 'report',
    params: (_args, values) => ({ ...asked(values), dryRun: values['dry-run'] }),
  },
  backfill: {
    args: ['job'],
    options: { ...tenant, from: text, to: text, force: flag, 'dry-run': flag, ...again },
    needs: ['from', 'to'],
    does: 'Read a range beside the ordinary work. --force also sends records that are known as sent: they count twice.',
    examples: ['backfill orders --from 2026-01-01 --to 2026-02-01'],
    shows: 'report',
    params: (_args, values) => ({
      ...asked(values),
      ...{ from: values.from, to: values.to, dryRun: values['dry-run'] },
    }),
  },
  status: {
    args: ['job'],
    options: tenant,
    does: 'Show the state of a job: progress, waiting batches, open rejects, the last runs.',
    examples: ['status orders'],
    shows: 'status',
    params: look,
  },
  page: {
    action: 'job-status',
    args: [],
    options: {},
    does: 'Print a link that opens the status page of all jobs in a browser, once.',
    examples: ['page'],
    shows: 'link',
    params: () => ({ link: true }),
  },
  inspect: {
    args: ['job'],
    options: tenant,
    does: 'Print all of the state of a job, as JSON.',
    examples: ['inspect orders'],
    shows: 'all',
    params: look,
  },
  plan: {
    args: ['job'],
    options: tenant,
    does: 'Show the plan that waits for approval.',
    examples: ['plan orders'],
    shows: 'plan',
    params: look,
  },
  approve: {
    args: ['job', 'plan'],
    options: { ...tenant, ...again },
    does: 'Send exactly the batches of a plan.',
    examples: ['approve orders 5f3a…'],
    shows: 'report',
    params: ([, approve], values) => ({ ...asked(values), approve }),
  },
  rejects: {
    args: ['job'],
    options: tenant,
    does: 'Show the rejects that are open, by file and by reason of the last runs.',
    examples: ['rejects orders'],
    shows: 'rejects',
    params: look,
  },
  replay: {
    args: ['job'],
    options: { ...tenant, ...again },
    does: 'Try all open rejects again, after the mapping or schema was corrected. Each is sent once.',
    examples: ['replay orders'],
    shows: 'report',
    params: (_args, values) => ({ ...asked(values), resolve: 'rejects', as: 'resend' }),
  },
  resolve: {
    args: ['job', 'what'],
    options: { ...tenant, as: text, from: text, ...again },
    needs: ['as'],
    does: 'Decide about a batch, slice, backfill, plan or block, as an error or report names it.',
    examples: ['resolve orders source-order --as continue'],
    shows: 'report',
    params: ([, resolve], values) => ({ ...asked(values), resolve, as: values.as, from: values.from }),
  },
}

function look(_args: readonly string[], { tenant: one }: Values): Readonly<Record<string, unknown>> {
  return { inspect: true, tenant: one }
}

/** The options that several commands share. */
function asked({ tenant: one, force, again: run }: Values): Readonly<Record<string, unknown>> {
  return { tenant: one, force, again: run }
}
