import { JobError } from '../../errors'

const file = 'src/jobs/index.ts'
const list = /(export const jobs: readonly Job\[\] = \[)([^\]]*)(\])/
const importLine = /^import \{ (\w+) \} from '\.\/([\w-]+)'$/gm

/** Adds a job to the text of `src/jobs/index.ts`, before prettier. @throws JobError where it has another form */
export function addToList(text: string, job: string, constant: string): string {
  const names = namesIn(text)
  if (names.includes(constant)) {
    throw new JobError('params-invalid', `${file} lists ${constant} already.`, 'Choose another --name.')
  }
  const imports = [...text.matchAll(importLine)]
  const next = imports.find(([, , path = '']) => path > job)
  const last = imports.at(-1)
  const line = `import { ${constant} } from './${job}'\n`
  const at = next?.index ?? (last ? last.index + last[0].length + 1 : 0)
  const imported = text.slice(0, at) + line + text.slice(at)
  return withNames(imported, [...names, constant])
}

/**
 * Takes a job out of the text of `src/jobs/index.ts`, before prettier.
 * @returns the name of its constant as well @throws JobError where it is not listed
 */
export function removeFromList(
  text: string,
  job: string,
): { readonly text: string; readonly constant: string } {
  const [line, constant] = [...text.matchAll(importLine)].find(([, , path]) => path === job) ?? []
  const names = namesIn(text)
  if (line === undefined || constant === undefined || !names.includes(constant)) {
    throw unreadable(`${file} does not list a job from ./${job}.`)
  }
  const rest = names.filter((name) => name !== constant)
  return { text: withNames(text.replace(`${line}\n`, ''), rest), constant }
}

function namesIn(text: string): readonly string[] {
  const [, , names] = list.exec(text) ?? []
  if (names === undefined) throw unreadable(`${file} has no line "export const jobs: readonly Job[] = […]".`)
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function withNames(text: string, names: readonly string[]): string {
  return text.replace(
    list,
    (_whole, begin: string, _names, end: string) => `${begin}${names.join(', ')}${end}`,
  )
}

function unreadable(message: string): JobError {
  return new JobError('params-invalid', message, 'Restore its form, and run the command again.')
}
