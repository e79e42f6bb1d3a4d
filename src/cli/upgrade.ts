import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { JobError } from '../errors'
import { planUpgrade } from './upgrade-plan'
import type { Tree } from './upgrade-plan'

export interface UpgradeContext {
  /** The folder of the app, a git repository. */
  readonly folder: string
  readonly print: (line: string) => void
}

const usageLine = 'npm run upgrade -- --from <repository> --to <tag> [--base <tag>]'

/**
 * Takes a release of the engine into an app: the engine's files become those of the release, the user's stay. The
 * result is a merge that is staged and not committed, so that git knows the release from then on.
 * @throws JobError `params-invalid` where it refuses to begin; nothing is changed then
 */
export function upgrade(argv: readonly string[], { folder, print }: UpgradeContext): void {
  const { from, to, base: givenBase } = read(argv)
  const git = (...args: string[]) => runGit(folder, args)
  if (git('status', '--porcelain') !== '')
    throw refused('There are changes that are not committed.', 'Commit them, or take them back.')

  const fetched = (ref: string) => {
    git('fetch', '--quiet', '--no-tags', '--', from, ref)
    return git('rev-parse', 'FETCH_HEAD^{commit}')
  }
  const base = givenBase === undefined ? commonAncestor(folder, fetched(to)) : fetched(givenBase)
  const release = fetched(to)
  if (base === release) {
    print('This app stands on that release already.')
    return
  }
  const plan = planUpgrade(
    { base: treeOf(folder, base), release: treeOf(folder, release), own: treeOf(folder, 'HEAD') },
    (path) => path.startsWith('src/jobs/'),
  )
  if (plan.changedHere.length > 0)
    throw refused(
      `These files are the engine's, and have been changed here:\n${listed(plan.changedHere)}`,
      `See each change: git diff ${base.slice(0, 10)} HEAD -- <file>. Move it to files of your own, take it back, and try again.`,
    )

  git(
    'merge',
    '--quiet',
    '--no-commit',
    '--no-ff',
    '--strategy',
    'ours',
    '--allow-unrelated-histories',
    release,
  )
  if (plan.replace.length > 0) git('checkout', '--quiet', release, '--', ...plan.replace)
  if (plan.remove.length > 0) git('rm', '--quiet', '--', ...plan.remove)
  const kept = plan.merge.filter((path) => !mergeLines(folder, path, base, release))

  print(`Replaced ${plan.replace.length} files, removed ${plan.remove.length}; your jobs are untouched.`)
  for (const path of kept)
    print(
      `Yours is kept, because both sides changed the same lines: git diff ${base.slice(0, 10)} ${release.slice(0, 10)} -- ${path}`,
    )
  const news = newLines(folder, base, release)
  if (news.length > 0) print(`\nNew in CHANGELOG.md:\n${news.join('\n')}`)
  print('\nCheck and commit: npm install && npm run typecheck && npm test && git commit')
  print('To give it up: git merge --abort')
}

function read(argv: readonly string[]) {
  try {
    const options = { from: { type: 'string' }, to: { type: 'string' }, base: { type: 'string' } } as const
    const { from, to, base } = parseArgs({ args: [...argv], options }).values
    if (from === undefined || to === undefined) throw new TypeError('--from and --to are needed.')
    return { from, to, base }
  } catch (error) {
    throw refused(error instanceof Error ? error.message : String(error), usageLine)
  }
}

/** @throws JobError where the app was not cloned, so that git knows no release of it */
function commonAncestor(folder: string, release: string): string {
  const found = spawnSync('git', ['merge-base', 'HEAD', release], { cwd: folder, encoding: 'utf8' })
  if (found.status === 0) return found.stdout.trim()
  throw refused('The release that this app stands on is not in its history.', `Name it once: ${usageLine}`)
}

function treeOf(folder: string, ref: string): Tree {
  const lines = runGit(folder, ['ls-tree', '-r', '-z', '--format=%(objectname) %(path)', ref]).split('\0')
  return new Map(
    lines.filter(Boolean).map((line) => [line.slice(line.indexOf(' ') + 1), line.split(' ')[0] ?? '']),
  )
}

/** '' where the version has no such file. */
function contentOf(folder: string, ref: string, path: string): string {
  return spawnSync('git', ['show', `${ref}:${path}`], { cwd: folder, encoding: 'utf8' }).stdout
}

/** Merges a shared file by lines; false, and the user's stays, where both sides changed the same ones. */
function mergeLines(folder: string, path: string, base: string, release: string): boolean {
  const scratch = mkdtempSync(join(tmpdir(), 'upgrade-'))
  try {
    const sides = ['HEAD', base, release].map((ref, index) => {
      const file = join(scratch, String(index))
      writeFileSync(file, contentOf(folder, ref, path))
      return file
    })
    const merged = spawnSync('git', ['merge-file', '-p', ...sides], { cwd: folder, encoding: 'utf8' })
    if (merged.status !== 0) return false
    writeFileSync(join(folder, path), merged.stdout)
    runGit(folder, ['add', '--', path])
    return true
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

function newLines(folder: string, base: string, release: string): readonly string[] {
  const known = new Set(contentOf(folder, base, 'CHANGELOG.md').split('\n'))
  return contentOf(folder, release, 'CHANGELOG.md')
    .split('\n')
    .filter((line) => !known.has(line))
}

function listed(paths: readonly string[]): string {
  return paths.map((path) => `    ${path}`).join('\n')
}

function runGit(folder: string, args: readonly string[]): string {
  try {
    const options = { cwd: folder, encoding: 'utf8', stdio: 'pipe', maxBuffer: 64 * 1024 * 1024 } as const
    return execFileSync('git', args, options).trim()
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string }
    throw refused(
      stderr.trim() || message,
      'Correct what git names, and try again; git merge --abort undoes a half upgrade.',
    )
  }
}

function refused(message: string, remedy: string): JobError {
  return new JobError('params-invalid', message, remedy)
}
