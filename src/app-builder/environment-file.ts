import { readFileSync } from 'node:fs'
import { parse } from 'dotenv'

/**
 * The variables of a `.env` file; null where there is no such file.
 * @throws the error of the file system where the file cannot be read: it would otherwise pass for an empty one
 */
export function readEnvironmentFile(path: string): Record<string, string> | null {
  try {
    return parse(readFileSync(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
