import { JobError } from '../errors'
import { upgrade } from './upgrade'

/** `npm run upgrade -- --from <repository> --to <tag>` */
function main(): void {
  try {
    upgrade(process.argv.slice(2), { folder: process.cwd(), print: (line) => console.log(line) })
  } catch (error) {
    if (!(error instanceof JobError)) throw error
    console.error(`✖ ${error.message}\n  → ${error.remedy}`)
    process.exitCode = 2
  }
}

main()
