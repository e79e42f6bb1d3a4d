import { execFileSync, spawn } from 'node:child_process'
import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withMutant } from './mutant'
import type { Mutant } from './mutant'

/** How a command ended: `passed`, `failed`, or `timeout` where it had to be ended. */
export type Verdict = 'passed' | 'failed' | 'timeout'

/** A copy of the project in which files may be spoilt. */
export interface Checkout {
  readonly root: string
  /** What the last program has printed. */
  readonly output: string
  /** Runs a program of node_modules there. @param env is added to the environment */
  readonly run: (
    program: string,
    args: readonly string[],
    timeoutMs: number,
    env?: NodeJS.ProcessEnv,
  ) => Promise<Verdict>
  /** Does something while the mutant is in place. */
  withMutant<Result>(mutant: Mutant, work: () => Promise<Result>): Promise<Result>
  remove(): void
}

/** Copies what git knows of the working tree, the changes of today included. */
export function createCheckout(project: string): Checkout {
  const root = mkdtempSync(join(tmpdir(), 'mutants-'))
  const known = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: project,
  })
  for (const path of known.toString().trim().split('\n')) cpSync(join(project, path), join(root, path))
  symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'))

  const output = join(root, 'output.txt')

  return {
    root,
    get output() {
      return readFileSync(output, 'utf8')
    },
    async run(program, args, timeoutMs, env = {}) {
      const printed = openSync(output, 'w')
      const child = spawn(process.execPath, [join('node_modules', program), ...args], {
        cwd: root,
        env: { ...process.env, ...env },
        stdio: ['ignore', printed, printed],
        // A group of its own, so that workers and containers end with it.
        detached: true,
      })
      const late = new AbortController()
      const timer = setTimeout(() => {
        late.abort()
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      }, timeoutMs)
      const [code] = (await once(child, 'exit')) as [number | null]
      clearTimeout(timer)
      closeSync(printed)
      if (late.signal.aborted) return 'timeout'
      return code === 0 ? 'passed' : 'failed'
    },
    async withMutant(mutant, work) {
      const path = join(root, mutant.file)
      const text = readFileSync(path, 'utf8')
      writeFileSync(path, withMutant(text, mutant))
      try {
        return await work()
      } finally {
        writeFileSync(path, text)
      }
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}
