import { jobs } from '../../jobs'
import { readEnvironmentFile } from '../environment-file'
import { examine } from './doctor'

/** `npm run doctor`, and `npm run doctor -- --job orders`: reads `.env` of this folder and the environment. */
async function main(): Promise<void> {
  const inputs = readEnvironmentFile('.env')
  const print = (line: string) => console.log(line)
  process.exitCode = await examine(process.argv.slice(2), { inputs, env: process.env, jobs, print })
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
