import { refused } from './acceptance'
import type { RunReport } from '../../state/run-report'
import type { AcceptedCommand } from '../../state/state-document'
import type { Command } from '../run-context'
import type { EngineSettings } from '../settings'

/** True where a person asked for more than "work off what is due". */
export function isCommand({ force, from, to, resolve, as, approve, again }: Command): boolean {
  return force || [from, to, resolve, as, approve, again].some((value) => value !== undefined)
}

/** Canonical: two commands that ask for the same have the same content. */
export function contentOf({ force, from, to, resolve, as, approve, again }: Command): string {
  return JSON.stringify({ force, from, to, resolve, as, approve, again })
}

/** The same command, if a run accepted it within the hour: a retried invocation must not repeat a command. */
export function findRepeated(
  commands: readonly AcceptedCommand[],
  command: Command,
  storeNow: number,
  { commandMemoryMs }: Pick<EngineSettings, 'commandMemoryMs'>,
): AcceptedCommand | null {
  const content = contentOf(command)
  const known = commands.filter(({ at }) => at >= storeNow - commandMemoryMs)
  return known.findLast((accepted) => accepted.content === content) ?? null
}

/** Names the first run and what became of it. */
export function repeatedNote(first: AcceptedCommand, reports: readonly RunReport[]): string {
  const report = reports.findLast(({ run }) => run === first.run)
  const ended = report
    ? `That run ended ${report.outcome}${report.reason === undefined ? '' : ` (${report.reason})`}.`
    : 'That run has not reported yet.'
  return `The same command was accepted by run ${first.run} at ${new Date(first.at).toISOString()} and is not accepted twice: ${first.note} ${ended} To have it accepted once more, add again=${first.run}.`
}

/**
 * `again` names the run that accepted the same command, so that it cannot be given by accident.
 * @throws JobError `params-invalid`
 */
export function assertAgainFits(commands: readonly AcceptedCommand[], command: Command): void {
  const { again } = command
  if (again === undefined) return
  const first = commands.find(({ run }) => run === again)
  if (first && withoutAgain(first.content) === contentOf({ ...command, again: undefined })) return
  throw refused(
    first
      ? `The run ${again} accepted another command: ${first.content}.`
      : `The run ${again} accepted no command that is still remembered.`,
    'Leave `again` out: it is only needed to repeat a command within an hour, and then the report names the run.',
  )
}

function withoutAgain(content: string): string {
  return JSON.stringify({ ...(JSON.parse(content) as object), again: undefined })
}

/** Parameters that have no effect together are an error, not a silent success. @throws JobError `params-invalid` */
export function assertMeaningful(command: Command): void {
  const { resolve, as, approve, again } = command
  if (approve !== undefined) assertAlone(command)
  if (resolve !== undefined) {
    if (as === undefined) {
      throw refused('`resolve` needs `as`.', 'Add as=sent, as=resend, as=drop or as=continue.')
    }
    assertNoStray(command, resolve)
    return
  }
  if (as !== undefined) throw refused('`as` needs `resolve`.', 'Say what to resolve: resolve=<name> as=…')
  if (again !== undefined && !isCommand({ ...command, again: undefined })) {
    throw refused('`again` repeats a command, and there is none.', 'Give the command too.')
  }
}

function assertAlone({ force, from, to, resolve, as }: Command): void {
  const given = Object.entries({ force: force || undefined, from, to, resolve, as })
  const stray = given.flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (stray.length === 0) return
  const names = stray.join(' and ')
  throw refused(
    `\`approve\` does not take ${names}.`,
    `Leave out ${names}: a plan is sent as it was planned.`,
  )
}

function assertNoStray({ force, from, to }: Command, resolve: string): void {
  const isStray = { force, to: to !== undefined, from: from !== undefined && resolve !== 'definition' }
  const stray = Object.entries(isStray).flatMap(([name, is]) => (is ? [name] : []))
  if (stray.length === 0) return
  const names = stray.join(' and ')
  throw refused(`\`resolve=${resolve}\` does not take ${names}.`, `Leave out ${names}.`)
}
