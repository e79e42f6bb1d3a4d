import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The lines of a job's file that contain a name: `src/jobs/orders.ts:31, 45`; null where no file in the folder defines
 * the job, or it does not stand there as a word.
 */
export function findLines(folder: string, job: string, subject: string): string | null {
  if (subject === '') return null
  for (const name of filesIn(folder)) {
    const path = join(folder, name)
    const text = readFileSync(path, 'utf8')
    if (!new RegExp(`\\bname: ['"\`]${escaped(job)}['"\`]`).test(text)) continue
    const word = new RegExp(`(?<![\\w.])${escaped(subject)}(?!\\w)`)
    const lines = text.split('\n').flatMap((line, index) => (word.test(line) ? [index + 1] : []))
    return lines.length > 0 ? `${path}:${lines.join(', ')}` : null
  }
  return null
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.ts'))
  } catch {
    return []
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
