import { newJob } from './new-job/new-job'
import { wishOptions } from './new-job/wishes'
import { removeJob } from './remove-job'
import { table } from './table'
import type { CommandShape, Values } from './arguments'
import type { Terminal } from './terminal'

/** A command that works in this project, and calls no namespace. */
export interface LocalCommand extends CommandShape {
  /** Returns the exit code. @throws JobError */
  readonly run: (args: readonly string[], values: Values, terminal: Terminal) => number | Promise<number>
}

const flag = { type: 'boolean' } as const

export const localCommands: Readonly<Record<string, LocalCommand>> = {
  list: {
    args: [],
    options: {},
    does: 'Show the jobs of this project.',
    examples: ['list', 'list --json'],
    run: (_args, values, terminal) => list(values, terminal),
  },
  'new-job': {
    args: [],
    options: wishOptions,
    does: 'Write a new job. It fetches one page of the API, reads types, keys, cursors and paging from it, and asks for what the page does not say; with --yes it asks nothing, and names what is missing. It writes the job, its test, its alarm and its inputs: all of them or nothing. Credentials come from the environment or .env, under the names of their inputs.',
    examples: [
      'new-job',
      'new-job --practice --name sales --url /v1/sales --destination bulk-data-insertion',
      'new-job --yes --name web-orders --url https://api.example.com/v1/orders?limit=100 --auth bearer --since-param updated_since --destination bulk-data-insertion --timestamp updatedAt --visitor customerId --column eVar1=product --column event1 --column event2=total',
      'new-job --yes --name campaigns --url https://api.example.com/campaigns --auth api-key --destination classifications --variable campaign --primary-key code --column Name=name',
      'new-job --yes --name costs --url https://api.example.com/costs --destination data-sources --timestamp day --time-zone Europe/Berlin --start 2026-01-01 --from-param from --to-param to --column "Tracking Code=campaign" --column "Event 10=cost"',
    ],
    async run(_args, values, terminal) {
      await newJob(values, terminal)
      return 0
    },
  },
  'remove-job': {
    args: ['job'],
    options: {},
    does: 'Remove a job from this project: its file, test, alarm, rule and inputs. What is deployed stays; the commands that delete it are printed.',
    examples: ['remove-job web-orders'],
    async run([job = ''], { json }, terminal) {
      await removeJob(job, json === true, terminal)
      return 0
    },
  },
  try: {
    args: ['job'],
    options: { practice: flag },
    does: 'Run a job on the local platform until its rows are confirmed. Adobe is emulated on this machine; the source is the real one, with the inputs of the job from the environment or .env. --practice takes the practice shop for inputs that are not set.',
    examples: ['try web-orders', 'try sales --practice'],
    run: ([job = ''], { practice, json }, { runScript }) =>
      runScript('emulators/local/try-job.ts', [
        job,
        ...(practice === true ? ['--practice'] : []),
        ...(json === true ? ['--json'] : []),
      ]),
  },
  doctor: {
    args: [],
    options: { job: { type: 'string' } },
    does: 'Check inputs, token and permissions from this machine, and change nothing. --job also compares a job with the live report suite. Exit code 3: not everything could be checked.',
    examples: ['doctor', 'doctor --job web-orders'],
    run: (_args, { job, json }, { runScript }) =>
      runScript('src/app-builder/doctor/main.ts', [
        ...(typeof job === 'string' ? ['--job', job] : []),
        ...(json === true ? ['--json'] : []),
      ]),
  },
}

function list({ json }: Values, { jobs, print }: Terminal): number {
  const all = jobs.map(({ name, sync, source, destination, faults }) => ({
    ...{ job: name, mode: sync.mode, source: source.kind, destination: destination.kind },
    faults,
  }))
  if (json === true) print(JSON.stringify(all))
  else {
    const rows = all.map(({ job, mode, source, destination, faults }) => [
      ...[job, mode, source, destination],
      faults.length === 0 ? '' : `✖ ${faults.join(' ')}`,
    ])
    print(table([['job', 'sync mode', 'source', 'destination', ''], ...rows]).join('\n'))
  }
  return 0
}
