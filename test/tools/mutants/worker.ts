import { execFileSync } from 'node:child_process'
import { createCheckout } from './checkout'
import { nearFirst } from './near-first'
import { createTestRunner } from './test-runner'
import type { Mutant } from './mutant'

export interface Outcome {
  readonly mutant: Mutant
  /** What noticed it: a test file, a test file that never ended, the compiler, or nothing. */
  readonly foundBy: string | null
}

export interface Worker {
  /** @param typesCount false for removals, which are written to compile: only a test may notice them */
  tryMutant(mutant: Mutant, options: { readonly typesCount: boolean }): Promise<Outcome>
  stop(): void
}

/** A copy of the project and a process for its tests. @param levels folders of tests; all where it is empty */
export function createWorker(project: string, levels: readonly string[]): Worker {
  const checkout = createCheckout(project)
  const { root } = checkout
  const runner = createTestRunner(root)
  const durations = new Map<string, number>()
  let isSound = false

  const isWanted = (test: string) => levels.length === 0 || levels.includes(test.split('/')[1] ?? '')

  /** @throws RangeError where the test fails without a mutant as well: it would notice everything */
  async function assertPasses(test: string): Promise<void> {
    if (durations.has(test)) return
    if ((await timed(test)) !== 'passed')
      throw new RangeError(`${test} does not pass without a mutant: no verdict.`)
  }

  /** @throws RangeError where the types do not hold without a mutant either: the compiler would notice everything */
  async function assertCompiles(): Promise<void> {
    isSound ||= await checkout.compiles()
    if (!isSound) throw new RangeError('The types do not hold without a mutant: no verdict.')
  }

  async function timed(test: string) {
    const start = performance.now()
    const verdict = await runner.run(test, 3 * (durations.get(test) ?? unknownMs) + 30_000)
    if (verdict === 'passed') durations.set(test, performance.now() - start)
    return verdict
  }

  return {
    async tryMutant(mutant, { typesCount }) {
      const tests = nearFirst(testsOf(root, mutant.file).filter(isWanted), mutant.file, durations)
      const noticed = await checkout.withMutant(mutant, async () => {
        for (const test of tests) {
          const verdict = await timed(test)
          if (verdict !== 'passed') return { test, verdict }
        }
        return typesCount && !(await checkout.compiles()) ? ('types' as const) : null
      })
      if (noticed === 'types') await assertCompiles()
      if (noticed === null || noticed === 'types') return { mutant, foundBy: noticed }
      await assertPasses(noticed.test)
      return { mutant, foundBy: `${noticed.verdict === 'timeout' ? 'timeout of ' : ''}${noticed.test}` }
    },
    stop() {
      runner.stop()
      checkout.remove()
    },
  }
}

/** For a test file that has not passed yet. */
const unknownMs = 60_000

const known = new Map<string, string[]>()

/** The quick tests that import a file, directly or not. */
function testsOf(root: string, file: string): string[] {
  const found =
    known.get(file) ??
    execFileSync(
      process.execPath,
      ['node_modules/jest/bin/jest.js', '--listTests', '--findRelatedTests', file],
      {
        cwd: root,
      },
    )
      .toString()
      .trim()
      .split('\n')
      .map((path) => path.slice(root.length + 1))
  known.set(file, found)
  return found
}
