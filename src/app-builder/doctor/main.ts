import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parse } from 'dotenv'
import { withoutControls } from '../../http/foreign-text'
import { createRedactor } from '../../http/redact'
import { jobs } from '../../jobs'
import { learnSecrets } from '../params/secret-inputs'
import { diagnose } from './diagnose'
import type { Finding } from './finding'

const signs: Readonly<Record<Finding['level'], string>> = {
  good: '✔',
  absent: '·',
  obsolete: '!',
  fault: '✖',
}

/**
 * `npm run doctor`: reads .env, changes nothing, and prints what to do. Exits with 1 if it finds a fault. With
 * `-- --job orders`, it also compares that job with the live report suite.
 */
async function doctor(): Promise<void> {
  const { job } = parseArgs({ options: { job: { type: 'string' } } }).values
  const inputs = readEnvironmentFile('.env')
  if (!inputs) {
    console.log('✖ There is no .env here.\n  → cp .env.example .env, and fill it in.')
    process.exitCode = 1
    return
  }
  const redactor = createRedactor()
  learnSecrets(inputs, process.env, redactor)
  const check = job === undefined ? null : { name: job, jobs, folder: 'src/jobs', redactor }
  const findings = redactor.value(await diagnose(inputs, jobs, check))
  for (const { level, subject, message, remedy } of findings) {
    console.log(withoutControls(`${signs[level]} ${subject}: ${message}`))
    if (remedy !== undefined) console.log(withoutControls(`  → ${remedy}`))
  }
  if (findings.some(({ level }) => level === 'fault')) process.exitCode = 1
}

function readEnvironmentFile(path: string): Record<string, string> | null {
  try {
    return parse(readFileSync(path))
  } catch {
    return null
  }
}

doctor().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
