import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { createCheckout } from './checkout'
import { mutantsOf, sampleOf } from './mutant'
import { removedSafeguards } from './removals'
import type { Checkout } from './checkout'
import type { Mutant } from './mutant'

const project = resolve(__dirname, '..', '..', '..')
const jest = 'jest/bin/jest.js'

interface Outcome {
  readonly mutant: Mutant
  /** Found by a test, by the compiler, by never ending, or not at all. */
  readonly foundBy: 'test' | 'types' | 'timeout' | null
}

/**
 * `npm run test:mutants`: puts small faults into a sample of the sources, one at a time, and runs the quick tests that
 * import the file; prints the share that was found, and the survivors. With `--safeguards` it takes out, one at a time,
 * each safeguard that is listed in removals.ts, and fails where no test notices; `--only` picks those whose name contains
 * a text. `--levels` runs only some folders of tests: quicker, and counts as survivors what the others would find.
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
    },
  })
  const all = values.safeguards
    ? removedSafeguards().filter(({ safeguard }) => safeguard.includes(values.only))
    : values.paths.split(',').flatMap(filesIn).flatMap(mutantsOf)
  const sample = values.safeguards ? all : sampleOf(all, Number(values.sample), Number(values.seed))
  console.log(
    values.safeguards
      ? `${all.length} safeguards`
      : `${sample.length} of ${all.length} mutants, seed ${values.seed}`,
  )

  const levels = values.levels === '' ? [] : values.levels.split(',')
  const checkouts = Array.from({ length: availableParallelism() }, () => createCheckout(project))
  try {
    const [first] = checkouts
    if (!first) return
    const durations = await measure(first, new Set(sample.map(({ file }) => file)), levels)
    const queue = [...sample]
    const outcomes: Outcome[] = []
    await Promise.all(
      checkouts.map(async (checkout) => {
        for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
          const outcome = await tryMutant(checkout, mutant, durations, !values.safeguards)
          outcomes.push(outcome)
          console.log(`${outcomes.length}. ${lineOf(outcome)}`)
        }
      }),
    )
    report(outcomes)
    if (values.safeguards && outcomes.some(({ foundBy }) => foundBy === null)) process.exitCode = 1
  } finally {
    for (const checkout of checkouts) checkout.remove()
  }
}

function filesIn(path: string): string[] {
  if (path.endsWith('.ts')) return [path]
  return readdirSync(join(project, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.d)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(project.length + 1))
    .sort()
}

/** What each test file takes, in ms, of those that import one of `files`. Fails where one of them fails unspoilt. */
async function measure(
  checkout: Checkout,
  files: ReadonlySet<string>,
  levels: readonly string[],
): Promise<Record<string, number>> {
  const { root } = checkout
  const result = join(root, 'durations.json')
  const isWanted = (test: string) => levels.length === 0 || levels.includes(test.split('/')[1] ?? '')
  const tests = [...new Set([...files].flatMap((file) => testsOf(root, file)))].filter(isWanted)
  const verdict = await checkout.run(
    jest,
    ['--json', `--outputFile=${result}`, '--runTestsByPath', ...tests],
    30 * 60_000,
  )
  if (verdict !== 'passed')
    throw new RangeError(`The tests do not pass without a mutant:\n${checkout.output}`)
  const { testResults } = JSON.parse(readFileSync(result, 'utf8')) as {
    testResults: { name: string; startTime: number; endTime: number }[]
  }
  const durations = Object.fromEntries(
    testResults.map(({ name, startTime, endTime }) => [name.slice(root.length + 1), endTime - startTime]),
  )
  writeFileSync(result, JSON.stringify(durations))
  return durations
}

const known = new Map<string, string[]>()

/** The quick tests that import a file, directly or not. */
function testsOf(root: string, file: string): string[] {
  const found =
    known.get(file) ??
    execFileSync(process.execPath, [join('node_modules', jest), '--listTests', '--findRelatedTests', file], {
      cwd: root,
    })
      .toString()
      .trim()
      .split('\n')
      .map((path) => path.slice(root.length + 1))
  known.set(file, found)
  return found
}

/** @param typesCount false for removals, which are written to compile: only a test may notice them */
async function tryMutant(
  checkout: Checkout,
  mutant: Mutant,
  durations: Readonly<Record<string, number>>,
  typesCount: boolean,
): Promise<Outcome> {
  const tests = testsOf(checkout.root, mutant.file).filter((test) => test in durations)
  const usualMs = tests.reduce((sum, test) => sum + (durations[test] ?? 0), 0)
  const inOrder = [
    '--runInBand',
    '--bail',
    `--testSequencer=${join(project, 'test/tools/shortest-first.js')}`,
  ]
  return checkout.withMutant(mutant, async () => {
    const env = { TEST_DURATIONS: join(checkout.root, 'durations.json') }
    writeFileSync(env.TEST_DURATIONS, JSON.stringify(durations))
    const verdict = await checkout.run(
      jest,
      [...inOrder, '--runTestsByPath', ...tests],
      3 * usualMs + 60_000,
      env,
    )
    if (verdict !== 'passed') return { mutant, foundBy: verdict === 'failed' ? 'test' : 'timeout' }
    if (!typesCount) return { mutant, foundBy: null }
    const compiles = await checkout.run(
      'typescript/bin/tsc',
      ['--noUnusedLocals', 'false', '--noUnusedParameters', 'false'],
      5 * 60_000,
    )
    return { mutant, foundBy: compiles === 'passed' ? null : 'types' }
  })
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
