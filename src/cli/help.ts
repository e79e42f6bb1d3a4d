import { table } from './table'
import type { CommandShape } from './arguments'

type Commands = Readonly<Record<string, CommandShape>>

/** The commands, and what holds for all of them. */
export function overview(here: Commands, deployed: Commands): string {
  const lines = (commands: Commands) =>
    Object.entries(commands).map(([name, { does }]) => [name, firstOf(does)])
  return [
    'npm run job -- <command> [job] [options]        or: npx analytics-ingest <command> …',
    '',
    'In this project:',
    ...table(lines(here)).map((line) => `  ${line}`),
    '',
    'For a deployed job:',
    ...table(lines(deployed)).map((line) => `  ${line}`),
    '',
    'Every command takes --help, and --json for programs. Actions are called in the namespace of',
    'AIO_runtime_namespace and AIO_runtime_auth, from the environment or .env: a deployed app, or `npm run local`.',
    '',
    'Exit codes: 0 succeeded or nothing to do, 1 failed or not accepted, 2 wrong usage, 3 partial: more work is due, or a person must decide.',
  ].join('\n')
}

export function helpOf(name: string, { args, options, needs = [], does, examples }: CommandShape): string {
  const flags = Object.entries(options).map(([option, { type, multiple }]) => {
    const flag = type === 'string' ? `--${option} <${option}>` : `--${option}`
    return needs.includes(option) ? flag : `[${flag}]${multiple === true ? '…' : ''}`
  })
  return [
    `npm run job -- ${[name, ...args.map((arg) => `<${arg}>`), ...flags].join(' ')}`,
    '',
    does,
    '',
    ...(examples.length === 1 ? ['Example:'] : ['Examples:']),
    ...examples.map((example) => `  npm run job -- ${example}`),
  ].join('\n')
}

function firstOf(text: string): string {
  return `${text.split('. ')[0]?.replace(/\.$/, '') ?? ''}.`
}
