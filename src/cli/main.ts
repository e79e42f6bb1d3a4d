import { readFileSync } from 'node:fs'
import { parse } from 'dotenv'
import { systemClock } from '../clock'
import { createHttpClient } from '../http/node-fetch-client'
import { jobs } from '../jobs'
import { runCommandLine } from './command-line'

/** `npm run job -- …` */
async function main(): Promise<void> {
  process.exitCode = await runCommandLine(process.argv.slice(2), {
    env: { ...environmentFile('.env'), ...process.env },
    http: createHttpClient({ clock: systemClock }),
    clock: systemClock,
    random: Math.random,
    jobs,
    print: (text) => console.log(text),
    say: (text) => console.error(text),
  })
}

function environmentFile(path: string): Record<string, string> {
  try {
    return parse(readFileSync(path))
  } catch {
    return {}
  }
}

void main()
