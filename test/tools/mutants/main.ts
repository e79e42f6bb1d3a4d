import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { mutantsOf, sampleOf } from './mutant'
import { removedSafeguards } from './removals'
import { createWorker } from './worker'
import type { Mutant } from './mutant'
import type { Outcome } from './worker'

const project = resolve(__dirname, '..', '..', '..')

/**
 * `npm run test:mutants`: puts small faults into a sample of the sources, one at a time, and runs the quick tests that
 * import the file; prints the share that was found, and the survivors. With `--safeguards` it takes out, one at a time,
 * each safeguard that is listed in removals.ts, and fails where no test notices; `--only` picks those whose name contains
 * a text. `--levels` runs only some folders of tests: quicker, and counts as survivors what the others would find.
 * `--part 2/5` runs the second fifth of the list. `--paths` also takes a line: `src/pipeline/slices.ts:14`.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      sample: { type: 'string', default: '150' },
      paths: { type: 'string', default: 'src/pipeline,src/state,src/destinations,src/sources,src/auth' },
      safeguards: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      levels: { type: 'string', default: '' },
      part: { type: 'string', default: '1/1' },
      workers: { type: 'string', default: String(availableParallelism()) },
    },
  })
  const all = values.safeguards
    ? removedSafeguards().filter(({ safeguard }) => safeguard.includes(values.only))
    : values.paths.split(',').flatMap(mutantsIn)
  const sample = values.safeguards ? all : sampleOf(all, Number(values.sample), Number(values.seed))
  console.log(
    values.safeguards
      ? `${all.length} safeguards`
      : `${sample.length} of ${all.length} mutants, seed ${values.seed}`,
  )

  const levels = values.levels === '' ? [] : values.levels.split(',')
  const workers = Array.from({ length: Number(values.workers) }, () => createWorker(project, levels))
  try {
    const queue = partOf(sample, values.part)
    const outcomes: Outcome[] = []
    await Promise.all(
      workers.map(async (worker) => {
        for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
          const outcome = await worker.tryMutant(mutant, { typesCount: !values.safeguards })
          outcomes.push(outcome)
          console.log(`${outcomes.length}. ${lineOf(outcome)}`)
        }
      }),
    )
    report(outcomes)
    if (values.safeguards && outcomes.some(({ foundBy }) => foundBy === null)) process.exitCode = 1
  } finally {
    for (const worker of workers) worker.stop()
  }
}

/** @param part such as `2/5` @throws RangeError */
function partOf<Item>(items: readonly Item[], part: string): Item[] {
  const [number = 0, count = 0] = part.split('/').map(Number)
  if (!(number >= 1 && number <= count)) throw new RangeError(`--part is "${part}", and must be such as 2/5.`)
  return items.slice(((number - 1) * items.length) / count, (number * items.length) / count)
}

function mutantsIn(path: string): Mutant[] {
  const [file = '', line] = path.split(':')
  const found = filesIn(file).flatMap(mutantsOf)
  return line === undefined ? found : found.filter((mutant) => mutant.line === Number(line))
}

function filesIn(path: string): string[] {
  if (path.endsWith('.ts')) return [path]
  return readdirSync(join(project, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.d)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(project.length + 1))
    .sort()
}

function lineOf({ mutant, foundBy }: Outcome): string {
  const { file, line, before, after } = mutant
  const short = (text: string) => text.replace(/\s+/g, ' ').slice(0, 80)
  const change = mutant.safeguard ?? `${short(before)}  →  ${short(after)}`
  return `${foundBy ?? 'SURVIVED'}  ${file}:${line}  ${change}`
}

function report(outcomes: readonly Outcome[]): void {
  const survivors = outcomes.filter(({ foundBy }) => foundBy === null)
  const killed = outcomes.length - survivors.length
  console.log(`\n${killed} of ${outcomes.length} killed (${Math.round((100 * killed) / outcomes.length)} %)`)
  const folders = [...new Set(outcomes.map(({ mutant }) => folderOf(mutant)))].sort()
  for (const folder of folders) {
    const inside = outcomes.filter(({ mutant }) => folderOf(mutant) === folder)
    console.log(`  ${folder}: ${inside.filter(({ foundBy }) => foundBy !== null).length} of ${inside.length}`)
  }
  for (const outcome of survivors) console.log(lineOf(outcome))
}

const folderOf = ({ file }: Mutant) =>
  file
    .split('/')
    .slice(0, 3)
    .filter((part) => !part.endsWith('.ts'))
    .join('/')

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
