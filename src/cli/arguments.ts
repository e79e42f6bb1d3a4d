import { parseArgs } from 'node:util'
import { JobError } from '../errors'
import type { ParseArgsConfig } from 'node:util'

export type Options = NonNullable<ParseArgsConfig['options']>

/** The values of a command's options. Only an option that can be repeated has a list. */
export type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>

/** What every command declares of itself. */
export interface CommandShape {
  /** Names of the command's arguments, all of them required. */
  readonly args: readonly string[]
  readonly options: Options
  /** Options that must be given: without them the action would do something else than the command says. */
  readonly needs?: readonly string[]
  readonly does: string
  /** Command lines, without the name of the program. */
  readonly examples: readonly string[]
}

/** @throws JobError `params-invalid` */
export function readArguments(
  name: string,
  { args: names, options, needs = [] }: Pick<CommandShape, 'args' | 'options' | 'needs'>,
  rest: readonly string[],
): { readonly values: Values; readonly args: readonly string[] } {
  const parsed = parse(name, options, rest)
  const { positionals: args } = parsed
  const values = parsed.values as Values
  const missing = names[args.length] ?? needs.find((option) => values[option] === undefined)
  if (values.help !== true && missing !== undefined) {
    throw usage(`"${name}" needs ${names.includes(missing) ? `the ${missing}` : `--${missing}`}.`, name)
  }
  if (args.length > names.length) throw usage(`"${args[names.length] ?? ''}" is one word too many.`, name)
  return { values, args }
}

function parse(name: string, options: Options, rest: readonly string[]) {
  const all = { ...options, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const
  try {
    return parseArgs({ args: [...rest], options: all, allowPositionals: true })
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error), name)
  }
}

export function usage(message: string, command?: string): JobError {
  const remedy = `npm run job -- ${command === undefined ? 'help' : `${command} --help`}`
  return new JobError('params-invalid', message, remedy)
}
