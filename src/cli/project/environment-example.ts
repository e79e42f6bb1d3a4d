import type { JobInput } from '../new-job/authentication'

const width = 77
const isHeading = (line: string) => line.startsWith('# --- ')

/** Adds a section with the inputs of a job to the text of `.env.example`; those that it has already are left out. */
export function addToExample(text: string, job: string, inputs: readonly JobInput[]): string {
  const lines = text.split('\n')
  const missing = inputs.filter(({ name }) => !lines.some((line) => line.startsWith(`${name}=`)))
  if (missing.length === 0) return text
  const section = [
    `# --- Job: ${job} `.padEnd(width, '-'),
    ...missing.flatMap(({ name, note }) => [...(note === null ? [] : [`# ${note}`]), `${name}=`]),
    '',
  ]
  // The sections of jobs stand before this one.
  const at = lines.findIndex((line) => line.startsWith('# --- Rarely needed'))
  if (at >= 0) return [...lines.slice(0, at), ...section, ...lines.slice(at)].join('\n')
  return `${text}${text.endsWith('\n') ? '' : '\n'}\n${section.join('\n')}`
}

/** Takes inputs out of the text of `.env.example`, with the comments above them, and a section that is then empty. */
export function removeFromExample(text: string, inputs: readonly string[]): string {
  return sectionsOf(text.split('\n'))
    .flatMap((section) => {
      const rest = withoutInputs(section, inputs)
      const isEmpty = rest.length < section.length && !rest.some((line) => /^[A-Z]/.test(line))
      return isEmpty && isHeading(section[0] ?? '') ? [] : rest
    })
    .join('\n')
}

function sectionsOf(lines: readonly string[]): readonly (readonly string[])[] {
  const starts = lines.flatMap((line, index) => (isHeading(line) || index === 0 ? [index] : []))
  return starts.map((start, index) => lines.slice(start, starts[index + 1]))
}

function withoutInputs(section: readonly string[], inputs: readonly string[]): readonly string[] {
  const rest: string[] = []
  for (const line of section) {
    if (!inputs.some((name) => line.startsWith(`${name}=`))) {
      rest.push(line)
      continue
    }
    while (rest.length > 0 && /^#(?! ---)/.test(rest.at(-1) ?? '')) rest.pop()
  }
  return rest
}
