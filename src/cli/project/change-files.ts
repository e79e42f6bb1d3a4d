import { constants } from 'node:fs'
import { copyFile, mkdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { JobError } from '../../errors'

/** One change of a file: null is a file that is not there. */
export interface FileChange {
  /** Below the project's folder. */
  readonly path: string
  readonly before: string | null
  readonly after: string | null
}

/** The text of a file; null where there is none. */
export async function readText(folder: string, path: string): Promise<string | null> {
  try {
    return await readFile(join(folder, path), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/**
 * All of the changes, or none: new contents are first written beside the files, then moved into place; where that fails,
 * what was done is undone. A new file never replaces one, and a file that was changed meanwhile is not overwritten.
 * @throws JobError `params-invalid` where a file is not as the change expects it; an error of the file system
 */
export async function changeFiles(folder: string, changes: readonly FileChange[]): Promise<void> {
  for (const { path, before } of changes) {
    if ((await readText(folder, path)) !== before) throw changedMeanwhile(path, before === null)
  }
  const staged = changes.filter(({ after }) => after !== null)
  const done: FileChange[] = []
  try {
    for (const { path, after } of staged) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(stagedPath(folder, path), after ?? '', { flag: 'wx' })
    }
    for (const change of changes) {
      await apply(folder, change)
      done.push(change)
    }
  } catch (error) {
    for (const change of done.reverse()) await undo(folder, change)
    throw error
  } finally {
    for (const { path } of staged) await rm(stagedPath(folder, path), { force: true })
  }
}

async function apply(folder: string, { path, before, after }: FileChange): Promise<void> {
  const target = join(folder, path)
  if (after === null) await unlink(target)
  else if (before !== null) await rename(stagedPath(folder, path), target)
  else await copyFile(stagedPath(folder, path), target, constants.COPYFILE_EXCL)
}

async function undo(folder: string, { path, before }: FileChange): Promise<void> {
  const target = join(folder, path)
  if (before === null) await rm(target, { force: true })
  else await writeFile(target, before)
}

function stagedPath(folder: string, path: string): string {
  return join(folder, dirname(path), `.${path.split('/').at(-1) ?? ''}.new`)
}

function changedMeanwhile(path: string, isNew: boolean): JobError {
  return new JobError(
    'params-invalid',
    isNew ? `${path} exists already; it is not overwritten.` : `${path} was changed meanwhile.`,
    isNew ? 'Choose another --name.' : 'Run the command again.',
  )
}

/** What became of each file, for programs. */
export function filesOf(
  changes: readonly FileChange[],
): readonly { readonly path: string; readonly change: 'new' | 'changed' | 'removed' }[] {
  return changes.map(({ path, before, after }) => ({
    path,
    change: before === null ? 'new' : after === null ? 'removed' : 'changed',
  }))
}
