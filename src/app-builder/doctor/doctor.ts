import { parseArgs } from 'node:util'
import { withoutControls } from '../../http/foreign-text'
import { createRedactor } from '../../http/redact'
import { learnSecrets } from '../params/secret-inputs'
import { diagnose } from './diagnose'
import type { Job } from '../../jobs/job'
import type { Finding } from './finding'

const signs: Readonly<Record<Finding['level'], string>> = {
  good: '✔',
  absent: '·',
  obsolete: '!',
  fault: '✖',
}

/** What the doctor works with. */
export interface Practice {
  /** The values of `.env`; null where there is none. */
  readonly inputs: Readonly<Record<string, string>> | null
  readonly env: NodeJS.ProcessEnv
  readonly jobs: readonly Job[]
  readonly print: (line: string) => void
}

/**
 * Checks the inputs, changes nothing, and prints what to do. Returns the exit code: 1 if there is a fault. With
 * `--job orders`, it also compares that job with the live report suite.
 */
export async function examine(
  argv: readonly string[],
  { inputs, env, jobs, print }: Practice,
): Promise<number> {
  const { job } = parseArgs({ args: [...argv], options: { job: { type: 'string' } } }).values
  if (!inputs) {
    print('✖ There is no .env here.\n  → cp .env.example .env, and fill it in.')
    return 1
  }
  const redactor = createRedactor()
  learnSecrets(inputs, env, redactor)
  const check = job === undefined ? null : { name: job, jobs, folder: 'src/jobs', redactor }
  const findings = redactor.value(await diagnose(inputs, jobs, check))
  for (const { level, subject, message, remedy } of findings) {
    print(withoutControls(`${signs[level]} ${subject}: ${message}`))
    if (remedy !== undefined) print(withoutControls(`  → ${remedy}`))
  }
  return findings.some(({ level }) => level === 'fault') ? 1 : 0
}
