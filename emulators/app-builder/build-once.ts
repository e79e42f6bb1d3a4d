import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { buildApp } from './deploy'

/** The files and folders that a build of this project depends on. */
export const projectInputs = [
  ...['actions', 'src', 'build', 'webpack-config.js', 'app.config.yaml', 'ext.config.yaml'],
  ...['tsconfig.json', 'tsconfig.build.json', 'package.json', 'package-lock.json'],
]

/**
 * Builds all actions below `root`, unless the zips in its `dist` were built from the very same files.
 * @param inputs files and folders below `from`
 * @param from folder of the inputs, where that is another one
 */
export async function buildOnce(root: string, inputs: readonly string[], from = root): Promise<void> {
  const mark = join(root, 'dist', 'built-from')
  const sources = hashOf(
    from,
    inputs.flatMap((path) => filesIn(from, path)),
  )
  const expected = () => `${sources} ${hashOf(root, zipsOf(root))}`
  if (existsSync(mark) && readFileSync(mark, 'utf8') === expected()) return
  await buildApp(root)
  writeFileSync(mark, expected())
}

function zipsOf(root: string): string[] {
  return filesIn(root, join('dist', 'application')).filter((path) => path.endsWith('.zip'))
}

function hashOf(folder: string, paths: readonly string[]): string {
  const hash = createHash('sha256')
  for (const path of paths)
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(folder, path)))
  return hash.digest('hex')
}

function filesIn(folder: string, path: string): string[] {
  const whole = join(folder, path)
  if (!existsSync(whole)) return []
  if (statSync(whole).isFile()) return [path]
  return readdirSync(whole, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}
