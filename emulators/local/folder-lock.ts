import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface FolderLock {
  /** True where the process that had it before ended without giving it back. */
  readonly wasLeft: boolean
  release(): void
}

/** Takes a folder for this process alone; creates it where it does not exist. @throws RangeError where it is in use */
export function lockFolder(folder: string): FolderLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'lock')
  const release = () => {
    rmSync(path, { force: true })
  }
  if (take(path)) return { wasLeft: false, release }
  const owner = ownerOf(path)
  if (owner !== null && isAlive(owner))
    throw new RangeError(
      `The folder ${folder} is in use by process ${owner}, perhaps another npm run local. End that program; if process ${owner} is another one, delete ${path}.`,
    )
  release()
  if (!take(path)) throw new RangeError(`The folder ${folder} is in use: another program has just taken it.`)
  return { wasLeft: true, release }
}

function take(path: string): boolean {
  try {
    writeFileSync(path, `${process.pid}\n`, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') return false
    throw error
  }
}

/** Null where the file has no process id, as after a crash of the machine. */
function ownerOf(path: string): number | null {
  const owner = Number(readFileSync(path, 'utf8').trim())
  return Number.isInteger(owner) && owner > 0 ? owner : null
}

function isAlive(owner: number): boolean {
  try {
    process.kill(owner, 0)
    return true
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
}
