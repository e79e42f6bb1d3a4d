import * as z from 'zod'
import { PositiveDurationMs } from '../../duration'
import { parseOptions } from '../../options'
import type { Duration } from '../../duration'
import type { StoredFile } from './file-store'

/** Which files are read, in which order, and when a file is complete. */
export interface PickOptions {
  /**
   * Names of the files: `*` is any text within a folder, `**` any text; `{yyyy}`, `{MM}`, `{dd}`, `{HH}`, `{mm}` and
   * `{ss}` are digits by which the files are ordered, such as `exports/orders-{yyyy}-{MM}-{dd}.csv.gz`.
   */
  readonly pattern: string
  /** `name`: by the date in the name, then by name; `modified`: by the time of the last write. Default `name`. */
  readonly order?: 'name' | 'modified'
  /**
   * The name of a file that says that another is complete: `{name}.done`, or `{folder}/_SUCCESS`. Default: a file is
   * complete once it was not written to for the time of `quiet`.
   */
  readonly marker?: string
  /** How long a file without a marker must be left untouched. Default 2 minutes. */
  readonly quiet?: Duration
}

export const Pick = z.strictObject({
  pattern: z.string('must be a text').min(1, 'must not be empty'),
  order: z.enum(['name', 'modified'], 'must be "name" or "modified"').default('name'),
  marker: z
    .string('must be a text')
    .regex(/\{(?:name|folder)\}/, 'must contain {name} or {folder}')
    .nullable()
    .default(null),
  quiet: PositiveDurationMs.default(2 * 60_000),
})

/** A picked file with its place in the order. */
export interface PickedFile extends StoredFile {
  /** Compared as text. */
  readonly key: string
  /** Null where it is complete; otherwise the condition that it waits for. */
  readonly waitsFor: string | null
}

export interface Picker {
  /** The common prefix of all names. */
  readonly prefix: string
  /** The matching files of a listing, in order. @param now wall clock, ms since the epoch */
  pick(files: AsyncIterable<readonly StoredFile[]>, now: number): Promise<readonly PickedFile[]>
  /** The place of a file in the order, by its name alone; null where the order is another. */
  keyOf(name: string): string | null
}

const dateParts = ['yyyy', 'MM', 'dd', 'HH', 'mm', 'ss'] as const
const token = /\{(yyyy|MM|dd|HH|mm|ss)\}|\*\*\/?|\*|[^*{]+|\{/g

/** @see PickOptions */
export function pickFaults(given: PickOptions): readonly string[] {
  const { options, faults } = parseOptions('pick', Pick, given)
  if (!options) return faults
  const parts = Array.from(options.pattern.matchAll(token), ([, part]) => part).filter(
    (part) => part !== undefined,
  )
  const twice = parts.find((part, index) => parts.indexOf(part) !== index)
  return twice === undefined ? [] : [`pick: "pattern" has {${twice}} twice`]
}

export function createPicker(options: z.output<typeof Pick>): Picker {
  const { pattern, order, marker, quiet } = options
  const expression = expressionOf(pattern)

  function keyOf(name: string): string | null {
    const found = expression.exec(name)
    if (!found || order === 'modified') return null
    return [...dateParts.map((part) => found.groups?.[part] ?? ''), name].join('\u0001')
  }

  function waitsFor(file: StoredFile, names: ReadonlySet<string>, now: number): string | null {
    if (marker !== null) {
      const wanted = markerOf(marker, file.name)
      return names.has(wanted) ? null : `the marker ${wanted}`
    }
    return file.modified !== null && now - file.modified < quiet ? 'its last write to be over' : null
  }

  return {
    prefix: prefixOf(pattern, marker !== null),
    keyOf,
    async pick(files, now) {
      const matching: StoredFile[] = []
      const names = new Set<string>()
      for await (const listed of files) {
        for (const file of listed) {
          if (marker !== null) names.add(file.name)
          if (expression.test(file.name)) matching.push(file)
        }
      }
      return matching
        .map((file) => ({
          ...file,
          key: keyOf(file.name) ?? `${new Date(file.modified ?? 0).toISOString()}\u0001${file.name}`,
          waitsFor: waitsFor(file, names, now),
        }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
    },
  }
}

function expressionOf(pattern: string): RegExp {
  const source = pattern.replaceAll(token, (text: string, part: string | undefined) => {
    if (part !== undefined) return String.raw`(?<${part}>\d{${part.length}})`
    if (text === '*') return '[^/]*'
    if (text.startsWith('**')) return text === '**/' ? '(?:.*/)?' : '.*'
    return text.replace(/[\\^$.+?()[\]{}|]/g, String.raw`\$&`)
  })
  return new RegExp(`^${source}$`, 's')
}

/** @param wholeFolder true where files with other names are needed too */
function prefixOf(pattern: string, wholeFolder: boolean): string {
  const literal = /^[^*{]*/.exec(pattern)?.[0] ?? ''
  return wholeFolder ? literal.slice(0, literal.lastIndexOf('/') + 1) : literal
}

function markerOf(marker: string, name: string): string {
  const folder = name.slice(0, Math.max(0, name.lastIndexOf('/')))
  return marker
    .replaceAll('{name}', () => name)
    .replaceAll('{folder}/', () => (folder === '' ? '' : `${folder}/`))
    .replaceAll('{folder}', () => folder)
}
