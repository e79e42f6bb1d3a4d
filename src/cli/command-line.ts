import { invokeAndWait } from '../app-builder/invoke-and-wait'
import { JobError, toJobError } from '../errors'
import { readArguments, usage } from './arguments'
import { commands } from './commands'
import { helpOf, overview } from './help'
import { localCommands } from './local-commands'
import { readNamespace } from './namespace'
import { show } from './show'
import type { Invocation } from '../app-builder/invoke-and-wait'
import type { Values } from './arguments'
import type { Command } from './commands'
import type { Terminal } from './terminal'

/** `done`: succeeded, or nothing to do. `partial`: more work is due, or a person must decide. */
export const exitCodes = { done: 0, failed: 1, usage: 2, partial: 3 } as const

/** Runs one command line; returns the exit code. */
export async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name = 'help', ...rest] = argv
  try {
    if (['help', '--help', '-h'].includes(name)) {
      terminal.print(overview(localCommands, commands))
      return exitCodes.done
    }
    const command = Object.hasOwn(localCommands, name) ? localCommands[name] : undefined
    const remote = Object.hasOwn(commands, name) ? commands[name] : undefined
    const chosen = command ?? remote
    if (!chosen) throw usage(`There is no command "${name}".`)
    const { values, args } = readArguments(name, chosen, rest)
    if (values.help === true) {
      terminal.print(helpOf(name, chosen))
      return exitCodes.done
    }
    if (command) return await command.run(args, values, terminal)
    return remote ? await invoke(remote, args, values, terminal) : exitCodes.usage
  } catch (thrown) {
    const { code, message, remedy } = toJobError(thrown)
    terminal.say(`✖ ${message}\n  → ${remedy}`)
    return code === 'params-invalid' ? exitCodes.usage : exitCodes.failed
  }
}

async function invoke(
  command: Command,
  args: readonly string[],
  values: Values,
  terminal: Terminal,
): Promise<number> {
  const { action = 'run-job' } = command
  const [job] = args
  const given: Readonly<Record<string, unknown>> = { job, ...command.params(args, values) }
  const params = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const namespace = readNamespace(terminal.env)
  const waiting = (passedMs: number) => {
    terminal.progress(`${job ?? action} is running, ${Math.round(passedMs / 1000)} s …`)
  }
  const options = { ...terminal, patienceMs, waiting }
  const invocation = await invokeAndWait(options, namespace, action, params).finally(() =>
    terminal.progress(null),
  )
  if (invocation.kind !== 'ended') throw notEnded(job ?? '', invocation)
  const answer = invocation.result
  terminal.print(values.json === true ? JSON.stringify(answer) : show(command.shows, answer))
  return exitCodeOf(command, params, answer)
}

/** An action may run for an hour; after that its record would have to be there. */
const patienceMs = 65 * 60_000

function notEnded(job: string, invocation: Exclude<Invocation, { kind: 'ended' }>): JobError {
  if (invocation.kind === 'aborted') {
    return new JobError(
      'action-unavailable',
      `The platform ended the activation: ${invocation.message}`,
      `What it committed is kept, and the next run carries on: npm run job -- status ${job}.`,
    )
  }
  if (invocation.kind === 'unknown') {
    return new JobError(
      'action-unavailable',
      invocation.message,
      `See what became of it before you try again: npm run job -- status ${job}.`,
    )
  }
  return invocation.kind === 'running'
    ? new JobError(
        'action-unavailable',
        `Activation ${invocation.activation} has left no record for an hour.`,
        `See what became of it: npm run job -- status ${job}.`,
      )
    : new JobError('action-unavailable', 'The namespace is full, and was for an hour.', 'Try again later.')
}

/**
 * An inspection has no outcome: its answer is its success. A run without a known outcome has failed. A command that met
 * the lease of another run has failed, because no later run carries it out; a run without a command has not, because the
 * other run does the work that is due.
 */
function exitCodeOf(
  { shows }: Command,
  params: Readonly<Record<string, unknown>>,
  { outcome, reason }: Readonly<Record<string, unknown>>,
): number {
  if (outcome === undefined && shows !== 'report') return exitCodes.done
  if (outcome === 'partial') return exitCodes.partial
  if (outcome === 'skipped' && reason === 'lease-held' && isCommand(params)) return exitCodes.failed
  return outcome === 'succeeded' || outcome === 'skipped' ? exitCodes.done : exitCodes.failed
}

/** True where a run was asked for more than the work that is due. */
function isCommand(params: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(params).some((name) => name !== 'job' && name !== 'tenant')
}
