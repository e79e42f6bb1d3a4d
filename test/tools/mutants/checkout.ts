import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withMutant } from './mutant'
import type { Mutant } from './mutant'

/** A mutant may leave a name unused; what did not change is not checked again. */
const compilerOptions = [
  ...['--noUnusedLocals', 'false', '--noUnusedParameters', 'false'],
  ...['--incremental', '--tsBuildInfoFile', 'types.tsbuildinfo'],
]

/** A copy of the project in which files may be spoilt. */
export interface Checkout {
  readonly root: string
  /** True where the types hold. */
  compiles(): Promise<boolean>
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

  return {
    root,
    async compiles() {
      const child = spawn(process.execPath, ['node_modules/typescript/bin/tsc', ...compilerOptions], {
        cwd: root,
        stdio: 'ignore',
      })
      const [code] = (await once(child, 'exit')) as [number | null]
      return code === 0
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
