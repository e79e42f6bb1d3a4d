import { isMap, isScalar, parseDocument } from 'yaml'
import { JobError } from '../../errors'
import type { Document, YAMLMap } from 'yaml'

export const manifestFile = 'ext.config.yaml'

/** One entry of the manifest: the lines that are written into a map of it. */
export interface Entry {
  /** The path of the map. */
  readonly map: readonly string[]
  /** Without indentation; a nested line has two blanks for each level. */
  readonly lines: readonly string[]
}

/** The package that has `run-job`. @throws JobError `params-invalid` */
export function packageOf(text: string): { readonly document: Document; readonly name: string } {
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
export function append(text: string, { map: path, lines }: Entry): string {
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
export function cut(text: string, path: readonly string[]): string {
  const map = parseDocument(text).getIn(path.slice(0, -1))
  const name = path.at(-1) ?? ''
  const index = isMap(map) ? map.items.findIndex(({ key }) => keyName(key) === name) : -1
  if (!isMap(map) || index < 0) throw unreadable(`no entry ${path.join('.')}`)
  const begin = startOf(map, index)
  return text.slice(0, text.lastIndexOf('\n', begin - 1) + 1) + text.slice(lineEnd(text, endOf(map, index)))
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
  return new JobError(
    'params-invalid',
    `${manifestFile} has ${what}.`,
    'Restore it, and run the command again.',
  )
}
