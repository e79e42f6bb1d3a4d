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
  readonly does: string
  /** Command lines, without the name of the program. */
  readonly examples: readonly string[]
}

/** @throws JobError `params-invalid` */
export function readArguments(
  name: string,
  { args: names, options }: Pick<CommandShape, 'args' | 'options'>,
  rest: readonly string[],
): { readonly values: Values; readonly args: readonly string[] } {
  const parsed = parse(name, options, rest)
  const { positionals: args } = parsed
  const values = parsed.values as Values
  const missing = names[args.length]
  if (values.help !== true && missing !== undefined) throw usage(`"${name}" needs the ${missing}.`, name)
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
