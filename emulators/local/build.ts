import { statSync } from 'node:fs'
import { relative } from 'node:path'
import { buildApp } from '../app-builder/deploy'
import { root } from './root'

/** `npm run build`: App Builder's own build, and what came of it. */
async function build(): Promise<void> {
  for (const zip of await buildApp(root)) {
    console.log(`${relative(root, zip)}  ${Math.ceil(statSync(zip).size / 1024)} KB`)
  }
}

build().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
