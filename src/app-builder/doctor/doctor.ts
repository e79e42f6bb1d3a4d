import { parseArgs } from 'node:util'
import { withoutControls } from '../../http/foreign-text'
import { createRedactor } from '../../http/redact'
import { learnSecrets } from '../params/secret-inputs'
import { diagnose } from './diagnose'
import type { Job } from '../../definition/job'
import type { Finding } from './finding'

const signs: Readonly<Record<Finding['level'], string>> = {
  good: '✔',
  absent: '·',
  skipped: '–',
  obsolete: '!',
  fault: '✖',
}

/** `incomplete`: no fault was found, but something could not be checked. */
export const doctorExitCodes = { healthy: 0, fault: 1, usage: 2, incomplete: 3 } as const

/** What the doctor works with. */
export interface Practice {
  /** The values of `.env`; null where there is none. */
  readonly inputs: Readonly<Record<string, string>> | null
  /** The environment, whose values take precedence over those of `.env`, as they do for the `aio` CLI. */
  readonly env: NodeJS.ProcessEnv
  readonly jobs: readonly Job[]
  readonly print: (line: string) => void
}

/**
 * Checks the inputs, changes nothing, and prints what to do. Returns the exit code. With `--job orders`, it also
 * compares that job with the live report suite.
 */
export async function examine(
  argv: readonly string[],
  { inputs: ofFile, env, jobs, print }: Practice,
): Promise<number> {
  const asked = askedOf(argv)
  if (asked.kind === 'wrong') {
    print(
      `✖ ${asked.message}\n  → npm run doctor, or npm run doctor -- --job <name>; --json prints the findings as JSON`,
    )
    return doctorExitCodes.usage
  }
  const findings = await findingsOf({ inputs: ofFile, env, jobs }, asked.job)
  const exitCode = exitCodeOf(findings)
  if (asked.json) print(JSON.stringify({ exitCode, findings }))
  else printFindings(findings, print)
  return exitCode
}

async function findingsOf(
  { inputs: ofFile, env, jobs }: Omit<Practice, 'print'>,
  name: string | undefined,
): Promise<readonly Finding[]> {
  const inputs = { ...ofFile, ...valuesOf(env) }
  if (!ofFile && !configuringNames.some((one) => inputs[one])) return [nothingConfigured]
  const redactor = createRedactor()
  learnSecrets(inputs, env, redactor)
  const check = name === undefined ? null : { name, jobs, folder: 'src/jobs', redactor }
  return redactor.value(await diagnose(inputs, jobs, check))
}

const nothingConfigured: Finding = {
  level: 'fault',
  subject: '.env',
  message: 'is not here, and the environment has no credential',
  remedy: 'cp .env.example .env, and fill it in.',
}

/** The client id of each kind of credential. */
const configuringNames = ['IMS_OAUTH_S2S_CLIENT_ID', 'IMS_ADMIN_CLIENT_ID', 'JWT_CLIENT_ID']

function askedOf(argv: readonly string[]) {
  try {
    const options = { job: { type: 'string' }, json: { type: 'boolean', default: false } } as const
    return { kind: 'read', ...parseArgs({ args: [...argv], options }).values } as const
  } catch (error) {
    return { kind: 'wrong', message: error instanceof Error ? error.message : String(error) } as const
  }
}

function valuesOf(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

function printFindings(findings: readonly Finding[], print: Practice['print']): void {
  for (const { level, subject, message, remedy } of findings) {
    print(withoutControls(`${signs[level]} ${subject}: ${message}`))
    if (remedy !== undefined) print(withoutControls(`  → ${remedy}`))
  }
  const [faults, skipped] = [countOf(findings, 'fault'), countOf(findings, 'skipped')]
  const unchecked = skipped === 0 ? '' : ` ${skipped} could not be checked (–).`
  print(`\n${faults === 0 ? 'No fault was found.' : `Faults (✖): ${faults}.`}${unchecked}`)
}

function exitCodeOf(findings: readonly Finding[]): number {
  if (countOf(findings, 'fault') > 0) return doctorExitCodes.fault
  return countOf(findings, 'skipped') > 0 ? doctorExitCodes.incomplete : doctorExitCodes.healthy
}

function countOf(findings: readonly Finding[], level: Finding['level']): number {
  return findings.filter((finding) => finding.level === level).length
}
