import { readFileSync } from 'node:fs'
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

/** `npm run doctor`: reads .env, changes nothing, and prints what to do. Exits with 1 if it finds a fault. */
async function doctor(): Promise<void> {
  const inputs = readEnvironmentFile('.env')
  if (!inputs) {
    console.log('✖ There is no .env here.\n  → cp .env.example .env, and fill it in.')
    process.exitCode = 1
    return
  }
  const redactor = createRedactor()
  learnSecrets(inputs, process.env, redactor)
  const findings = redactor.value(await diagnose(inputs, jobs))
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
