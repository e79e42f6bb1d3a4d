import { isMap, isScalar, parseDocument } from 'yaml'
import { JobError } from '../../errors'
import type { Document, YAMLMap } from 'yaml'

const file = 'ext.config.yaml'

/** One entry of the manifest: the lines that are written into a map of it. */
interface Entry {
  /** The path of the map. */
  readonly map: readonly string[]
  /** Without indentation; a nested line has two blanks for each level. */
  readonly lines: readonly string[]
}

/** The share of a job in the manifest. */
export interface ManifestJob {
  readonly job: string
  readonly alarm: string
  readonly cron: string
  /** Names of the inputs that `run-job` gets. */
  readonly inputs: readonly string[]
  /** Names of those that `verify-arrival` gets as well: inputs of the destination. */
  readonly destinationInputs: readonly string[]
}

/**
 * Writes inputs, trigger and rule of a job into the text of the manifest. Lines are inserted and none is changed, so
 * that comments and notation stay.
 * @throws JobError `params-invalid` where the manifest has an entry of that name, or lacks what it is written into
 */
export function addToManifest(text: string, { job, alarm, cron, inputs, destinationInputs }: ManifestJob): string {
  const found = packageOf(text)
  const at = (...path: string[]) => ['runtimeManifest', 'packages', found.name, ...path]
  const rule = `run-${alarm}`
  for (const path of [at('triggers', alarm), at('rules', rule)]) {
    if (found.document.hasIn(path)) {
      throw new JobError(
        'params-invalid',
        `${file} has ${path.slice(-2).join(' ')} already.`,
        'Choose another --name, or remove what is left of the old job.',
      )
    }
  }
  const bindings = (action: string, names: readonly string[]): readonly Entry[] => {
    const missing = names.filter((name) => !found.document.hasIn([...at('actions', action, 'inputs'), name]))
    const lines = [`# Job: ${job}`, ...missing.map((name) => `${name}: $${name}`)]
    return missing.length === 0 ? [] : [{ map: at('actions', action, 'inputs'), lines }]
  }
  const entries: readonly Entry[] = [
    ...bindings('run-job', inputs),
    ...bindings('verify-arrival', destinationInputs),
    {
      map: at('triggers'),
      lines: [
        `${alarm}:`,
        '  feed: /whisk.system/alarms/alarm',
        '  inputs:',
        `    cron: '${cron}'`,
        '    trigger_payload:',
        `      job: ${job}`,
      ],
    },
    { map: at('rules'), lines: [`${rule}:`, `  trigger: ${alarm}`, '  action: run-job'] },
  ]
  return entries.reduce(append, text)
}

/** What a job leaves in a deployed namespace when it is gone from the manifest. */
export interface Deployed {
  readonly triggers: readonly string[]
  readonly rules: readonly string[]
}

/**
 * Takes the triggers of a job, their rules and the given inputs out of the text of the manifest.
 * @param inputs those that no other job names
 */
export function removeFromManifest(
  text: string,
  job: string,
  inputs: readonly string[],
): Deployed & { readonly text: string } {
  const { document, name } = packageOf(text)
  const at = (...path: string[]) => ['runtimeManifest', 'packages', name, ...path]
  const value = (document.toJS() as Manifest).runtimeManifest.packages[name] ?? {}
  const triggers = Object.entries(value.triggers ?? {})
    .filter(([, trigger]) => jobOf(trigger?.inputs?.trigger_payload) === job)
    .map(([trigger]) => trigger)
  const rules = Object.entries(value.rules ?? {})
    .filter(([, rule]) => triggers.includes(rule?.trigger ?? ''))
    .map(([rule]) => rule)
  const bound = Object.keys(value.actions ?? {}).flatMap((action) =>
    inputs.map((input) => at('actions', action, 'inputs', input)).filter((path) => document.hasIn(path)),
  )
  const gone = [
    ...bound,
    ...triggers.map((trigger) => at('triggers', trigger)),
    ...rules.map((rule) => at('rules', rule)),
  ]
  const without = gone.reduce((rest, path) => cut(rest, path), text)
  return { text: withoutEmptyHeading(without, job), triggers, rules }
}

interface Manifest {
  readonly runtimeManifest: {
    readonly packages: Readonly<Record<string, PackageValue | undefined>>
  }
}
interface PackageValue {
  readonly actions?: Readonly<Record<string, unknown>>
  readonly triggers?: Readonly<Record<string, { inputs?: { trigger_payload?: unknown } } | null>>
  readonly rules?: Readonly<Record<string, { trigger?: string } | null>>
}

/** A payload is an object, or its JSON. */
function jobOf(payload: unknown): unknown {
  if (typeof payload !== 'string') return (payload as { job?: unknown } | null | undefined)?.job
  try {
    return (JSON.parse(payload) as { job?: unknown } | null)?.job
  } catch {
    return null
  }
}

/** The package that has `run-job`. @throws JobError `params-invalid` */
function packageOf(text: string): { readonly document: Document; readonly name: string } {
  const document = parseDocument(text)
  const packages = document.errors.length === 0 ? document.getIn(['runtimeManifest', 'packages']) : null
  const names = isMap(packages) ? packages.items.map(({ key }) => keyName(key)) : []
  const name = names.find((one) =>
    document.hasIn(['runtimeManifest', 'packages', one, 'actions', 'run-job', 'inputs']),
  )
  if (name === undefined) throw unreadable(`no package with the action run-job and its inputs`)
  return { document, name }
}

/** Inserts lines behind the last item of a map. */
function append(text: string, { map: path, lines }: Entry): string {
  const map = parseDocument(text).getIn(path)
  if (!isMap(map) || map.flow === true || map.items.length === 0) {
    throw unreadable(`no entries at ${path.join('.')}, behind which a job's could stand`)
  }
  const indent = indentOf(text, map)
  const end = lineEnd(text, endOf(map, map.items.length - 1))
  const inserted = lines.map((line) => `${indent}${line}\n`).join('')
  const before = text.slice(0, end)
  return `${before}${before.endsWith('\n') ? '' : '\n'}${inserted}${text.slice(end)}`
}

/** Takes the lines of one item out of its map. */
function cut(text: string, path: readonly string[]): string {
  const map = parseDocument(text).getIn(path.slice(0, -1))
  const name = path.at(-1) ?? ''
  const index = isMap(map) ? map.items.findIndex(({ key }) => keyName(key) === name) : -1
  if (!isMap(map) || index < 0) throw unreadable(`no entry ${path.join('.')}`)
  const begin = startOf(map, index)
  return text.slice(0, text.lastIndexOf('\n', begin - 1) + 1) + text.slice(lineEnd(text, endOf(map, index)))
}

/** The comment above the inputs of a job is theirs: without any of them below, it goes as well. */
function withoutEmptyHeading(text: string, job: string): string {
  const lines = text.split('\n')
  const isHeading = (line: string) => line.trim() === `# Job: ${job}`
  const indentation = (line: string) => line.length - line.trimStart().length
  return lines
    .filter((line, index) => {
      if (!isHeading(line)) return true
      const next = lines[index + 1] ?? ''
      return next.trim() !== '' && !next.trim().startsWith('#') && indentation(next) === indentation(line)
    })
    .join('\n')
}

function keyName(key: unknown): string {
  return isScalar(key) ? String(key.value) : ''
}

function startOf(map: YAMLMap, index: number): number {
  const key = map.items[index]?.key
  return isScalar(key) ? (key.range?.[0] ?? 0) : 0
}

/** Of the value, without comments behind it. */
function endOf(map: YAMLMap, index: number): number {
  const item = map.items[index]
  const node = item?.value ?? item?.key
  return (node as { range?: readonly number[] | null } | null | undefined)?.range?.[1] ?? 0
}

function lineEnd(text: string, offset: number): number {
  // The end of a block is the beginning of the line behind it.
  if (text[offset - 1] === '\n') return offset
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end + 1
}

function indentOf(text: string, map: YAMLMap): string {
  const begin = startOf(map, 0)
  return text.slice(text.lastIndexOf('\n', begin - 1) + 1, begin)
}

function unreadable(what: string): JobError {
  return new JobError('params-invalid', `${file} has ${what}.`, 'Restore it, and run the command again.')
}
