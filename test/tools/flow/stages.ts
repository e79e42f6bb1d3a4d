import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One box of the picture: a function of `run-job.ts`, and its effect in a few words. */
interface Stage {
  readonly name: string
  readonly does: readonly string[]
}

/** The functions that `run-job.ts` calls, in its order. The two in the middle work at the same time. */
export const before: readonly Stage[] = [
  { name: 'openRun', does: ['take the lease', 'recover the outbox'] },
  { name: 'acceptCommand', does: ['backfill, replay,', 'approve, resolve'] },
  { name: 'deleteOrphans', does: ['files that no commit', 'names'] },
]
export const extraction: Stage = {
  name: 'stage',
  does: [
    'source pages → records',
    'known records are left out',
    'rows + rejects → batches',
    'commit to the outbox',
  ],
}
export const delivery: Stage = {
  name: 'deliver',
  does: ['write-ahead intent', 'send', 'lost answer: look up', 'confirm, or hold for a person'],
}
export const after: Stage = { name: 'closeRun', does: ['release the lease', 'write the run report'] }

/** The names of the stages, in the order in which a run begins them. */
export const stageNames: readonly string[] = [...before, extraction, delivery, after].map(({ name }) => name)

/** The functions imported from other stages that `runJob` and `work` call, in the order of a run. */
export function calledStages(): readonly string[] {
  const source = readFileSync(join(__dirname, '../../../src/pipeline/run-job.ts'), 'utf8')
  const imported = [...source.matchAll(/^import \{ ([^}]+) \} from '\.\/(?!outcome|run-context)/gm)]
  const names = imported.flatMap(([, list = '']) => list.split(', ')).filter((name) => !wrappers.has(name))
  const [head = '', work = ''] = source
    .slice(source.indexOf('export async function'))
    .split('async function work')
  const body = head.replace('work(', `${work} `)
  return names.sort((one, other) => body.indexOf(`${one}(`) - body.indexOf(`${other}(`))
}

/** `startExtraction` starts `stage` and hands its result to `deliver`; it is no stage of its own. */
const wrappers = new Set(['startExtraction'])
