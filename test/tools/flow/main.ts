import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drawFlow } from './draw-flow'

/** `npm run docs:flow`: draws the README's picture of a run. */
writeFileSync(join(__dirname, '../../../docs/flow.svg'), drawFlow())
