import { parseArgs } from 'node:util'
import { invokeAndWait } from '../app-builder/invoke-and-wait'
import { JobError, toJobError } from '../errors'
import { commands } from './commands'
import { readNamespace } from './namespace'
import { show, table } from './show'
import type { Invocation } from '../app-builder/invoke-and-wait'
import type { Clock } from '../clock'
import type { HttpClient } from '../http/http-client'
import type { Job } from '../jobs/job'
import type { Command, Values } from './commands'

/** The columns of `list` for a job. */
export type ListedJob = Pick<Job, 'name' | 'faults'> & {
  readonly sync: Pick<Job['sync'], 'mode'>
  readonly source: Pick<Job['source'], 'kind'>
  readonly destination: Pick<Job['destination'], 'kind'>
}

/** The dependencies of the command line. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly http: HttpClient
  readonly clock: Clock
  /** 0 … 1 */
  readonly random: () => number
  readonly jobs: readonly ListedJob[]
  /** For results. */
  readonly print: (text: string) => void
  /** For progress and errors, so that results can be piped. */
  readonly say: (text: string) => void
}

/** `done`: succeeded, or nothing to do. `partial`: more work is due, or a person must decide. */
export const exitCodes = { done: 0, failed: 1, usage: 2, partial: 3 } as const

/** Runs one command line; returns the exit code. */
export async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name = 'help', ...rest] = argv
  try {
    if (['help', '--help', '-h'].includes(name)) return help(terminal)
    if (name === 'list') return list(rest, terminal)
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (!command) throw usage(`There is no command "${name}".`)
    return await invoke(name, command, rest, terminal)
  } catch (thrown) {
    const { code, message, remedy } = toJobError(thrown)
    terminal.say(`✖ ${message}\n  → ${remedy}`)
    return code === 'params-invalid' ? exitCodes.usage : exitCodes.failed
  }
}

async function invoke(
  name: string,
  command: Command,
  rest: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const { values, args } = read(name, command, rest)
  if (values.help) {
    terminal.print(helpOf(name, command))
    return exitCodes.done
  }
  const { action = 'run-job' } = command
  const [job] = args
  const given: Readonly<Record<string, unknown>> = { job, ...command.params(args, values) }
  const params = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const namespace = readNamespace(terminal.env)
  const waiting = (passedMs: number) => {
    terminal.say(`${job ?? name} is running, ${Math.round(passedMs / 1000)} s …`)
  }
  const options = { ...terminal, patienceMs, waiting }
  const invocation = await invokeAndWait(options, namespace, action, params)
  if (invocation.kind !== 'ended') throw notEnded(job ?? '', invocation)
  const answer = invocation.result
  terminal.print(values.json ? JSON.stringify(answer) : show(command.shows, answer))
  return exitCodeOf(answer.outcome)
}

/** An action may run for an hour; after that its record would have to be there. */
const patienceMs = 65 * 60_000

function notEnded(job: string, invocation: Exclude<Invocation, { kind: 'ended' }>): JobError {
  return invocation.kind === 'running'
    ? new JobError(
        'action-unavailable',
        `Activation ${invocation.activation} has left no record for an hour.`,
        `See what became of it: npm run job -- status ${job}.`,
      )
    : new JobError('action-unavailable', 'The namespace is full, and was for an hour.', 'Try again later.')
}

/** An inspection has no outcome: an answer is its success. */
function exitCodeOf(outcome: unknown): number {
  if (outcome === 'partial') return exitCodes.partial
  return outcome === 'failed' ? exitCodes.failed : exitCodes.done
}

/** @throws JobError `params-invalid` */
function read(
  name: string,
  { args: names, options }: Pick<Command, 'args' | 'options'>,
  rest: readonly string[],
) {
  const parsed = parse(name, options, rest)
  const { positionals: args } = parsed
  const values = parsed.values as Values
  const missing = names[args.length]
  if (!values.help && missing !== undefined) throw usage(`"${name}" needs the ${missing}.`, name)
  if (args.length > names.length) throw usage(`"${args[names.length] ?? ''}" is one word too many.`, name)
  return { values, args }
}

function parse(name: string, options: Command['options'], rest: readonly string[]) {
  const all = { ...options, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const
  try {
    return parseArgs({ args: [...rest], options: all, allowPositionals: true })
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error), name)
  }
}

function list(rest: readonly string[], { jobs, print }: Terminal): number {
  const { values } = read('list', { args: [], options: {} }, rest)
  const all = jobs.map(({ name, sync, source, destination, faults }) => ({
    ...{ job: name, mode: sync.mode, source: source.kind, destination: destination.kind },
    faults,
  }))
  if (values.json) print(JSON.stringify(all))
  else {
    const rows = all.map(({ job, mode, source, destination, faults }) => [
      ...[job, mode, source, destination],
      faults.length === 0 ? '' : `✖ ${faults.join(' ')}`,
    ])
    print(table([['job', 'sync mode', 'source', 'destination', ''], ...rows]).join('\n'))
  }
  return exitCodes.done
}

function help({ print }: Terminal): number {
  print(
    [
      'npm run job -- <command> [job] [options]',
      '',
      ...table([
        ['list', 'The jobs of this app.'],
        ...Object.entries(commands).map(([name, { does }]) => [name, does]),
      ]),
      '',
      'Every command takes --json and --help. Actions are called in the namespace of AIO_runtime_namespace and',
      'AIO_runtime_auth, from the environment or .env: a deployed app, or the one of `npm run local`.',
      '',
      'Exit codes: 0 succeeded or nothing to do, 1 failed, 2 wrong usage, 3 partial: more work is due, or a person must decide.',
    ].join('\n'),
  )
  return exitCodes.done
}

function helpOf(name: string, { args, options, does, example }: Command): string {
  const flags = Object.entries(options).map(([option, { type }]) =>
    type === 'string' ? `[--${option} <${option}>]` : `[--${option}]`,
  )
  return [
    `npm run job -- ${[name, ...args.map((arg) => `<${arg}>`), ...flags, '[--json]'].join(' ')}`,
    '',
    does,
    '',
    `Example: npm run job -- ${example}`,
  ].join('\n')
}

function usage(message: string, command?: string): JobError {
  const remedy = `npm run job -- ${command === undefined ? 'help' : `${command} --help`}`
  return new JobError('params-invalid', message, remedy)
}
