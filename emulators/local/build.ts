import { statSync } from 'node:fs'
import { basename, relative } from 'node:path'
import { buildApp } from '../app-builder/deploy'
import { root } from './root'

/** Size limit of a zip, which is fetched and unpacked at every cold start. */
const budgetKb = 450
/** That of the one action that has Adobe's SDK in it; it runs once an hour, and is in no hurry. */
const budgetWithSdkKb = 1_000

/** `npm run build`: App Builder's own build, with the size of each zip. Fails where a zip exceeds its budget. */
async function build(): Promise<void> {
  for (const zip of await buildApp(root)) {
    const kb = Math.ceil(statSync(zip).size / 1024)
    console.log(`${relative(root, zip)}  ${kb} KB`)
    const budget = basename(zip) === 'verify-arrival.zip' ? budgetWithSdkKb : budgetKb
    if (kb > budget) throw new RangeError(`${relative(root, zip)} takes more than ${budget} KB.`)
  }
}

build().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
