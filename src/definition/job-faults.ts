import * as z from 'zod'
import { FieldPath, parseOptions } from '../options'
import { joinFaults } from './join-faults'
import { hasField } from './record-fields'
import type { DestinationDefinition } from '../destinations/destination'
import type { InputReference } from '../inputs'
import type { SourceDefinition } from '../sources/source'
import type { Job } from './job'
import type { Sync } from './sync'

/** A job's name becomes a folder, part of file names and of idempotency keys. */
const namePattern = /^[a-z][a-z0-9-]{0,62}$/
/** Lower case names are parameters of a run, not inputs. */
const inputPattern = /^[A-Z][A-Z0-9_]*$/

type Parts = Omit<Job, 'faults'>

/**
 * All faults of a definition: the compiler's rules again, for JavaScript and dynamic values, and checks that the
 * compiler cannot make, such as time zones.
 */
export function jobFaults(job: Parts): string[] {
  const { name, source, sync, destination } = job
  const shape = shapeFaults(job)
  if (shape.length > 0) return shape
  const cursorFaults = 'cursor' in sync && 'faults' in sync.cursor ? sync.cursor.faults : []
  return [
    ...(namePattern.test(name)
      ? []
      : [
          `name: "${name}" must begin with a lower case letter and have lower case letters, digits and dashes only`,
        ]),
    ...sync.faults,
    ...cursorFaults,
    ...source.faults.map((fault) => `source: ${unended(fault)}`),
    ...destination.faults.map((fault) => `destination: ${unended(fault)}`),
    // The parts of a faulty declaration cannot be matched.
    ...(sync.faults.length > 0
      ? []
      : [...matchFaults(sync, source, destination), ...fieldFaults(job), ...joinFaults(job)]),
    ...inputFaults(inputsOf(job)),
    ...parseOptions('job', Review, { approval: job.approval, expect: job.expect, consent: job.consent })
      .faults,
  ]
}

/** Every input that a job names. */
export function inputsOf({ source, joins = {}, destination, inputs = {} }: Parts): InputReference[] {
  const joined = Object.values(joins).flatMap((join) => (join.faults.length > 0 ? [] : join.source.inputs))
  return [...source.inputs, ...joined, ...destination.inputs, ...Object.values(inputs)]
}

const driftPolicies = ['allow', 'warn', 'fail']

const parts = new Set([
  'name',
  'source',
  'sync',
  'joins',
  'record',
  'map',
  'destination',
  'inputs',
  'consent',
  'drift',
  'approval',
  'expect',
])

const rows = z.int('must be a whole number').nonnegative('must not be negative')

/** The options that make a commit wait for a person, or leave records out. */
const Review = z.object({
  consent: z
    .strictObject({
      field: FieldPath,
      granted: z
        .array(z.union([z.string(), z.number(), z.boolean()]), { error: 'must be a list of values' })
        .min(1, 'must name a value that means consent'),
    })
    .optional(),
  approval: z.literal('required', { error: 'must be "required", or absent' }).optional(),
  expect: z
    .strictObject(
      {
        rows: z
          .tuple([rows, rows], { error: 'must be two numbers, such as [100, 5000]' })
          .refine(([least, most]) => least <= most, 'must begin with the smaller number'),
      },
      { error: ({ code }) => (code === 'invalid_type' ? 'must be { rows: [least, most] }' : undefined) },
    )
    .optional(),
})

function shapeFaults(job: Partial<Parts>): string[] {
  const { name, source, sync, joins, record, map, destination } = job
  const isDefinition = (part: unknown) => typeof part === 'object' && part !== null && 'faults' in part
  return [
    ...Object.keys(job).map((part) => (parts.has(part) ? null : `there is no part "${part}"`)),
    typeof name === 'string' ? null : 'name: must be a text',
    isDefinition(source) ? null : 'source: must be a source, such as restSource(…)',
    isDefinition(sync) ? null : 'sync: must be incremental(…), sliced(…) or fullRefresh(…)',
    joins === undefined || (typeof joins === 'object' && Object.values(joins).every(isDefinition))
      ? null
      : 'joins: each must be made by join(…)',
    typeof record?.safeParse === 'function' ? null : 'record: must be a zod schema',
    job.drift === undefined || driftPolicies.includes(job.drift)
      ? null
      : 'drift: must be "allow", "warn" or "fail"',
    typeof map === 'function' ? null : 'map: must be a function',
    isDefinition(destination) ? null : 'destination: must be a destination, such as bulkDataInsertion(…)',
  ].filter((fault) => fault !== null)
}

/** Checks that source and destination have the capabilities that the sync mode needs. */
function matchFaults(sync: Sync, source: SourceDefinition, destination: DestinationDefinition): string[] {
  const needed = capabilityOf(sync)
  return [
    needed === null || source.capabilities.includes(needed)
      ? null
      : `sync: ${sync.mode} needs a source with the capability "${needed}"; this one has ${listOf(source.capabilities)}`,
    sliceFieldFault(sync, source),
    source.paging === 'shifting' && sync.primaryKey === null
      ? 'sync: the pages of this source may overlap, so the job needs a primaryKey'
      : null,
    sync.onChange === 'send' && destination.semantics === 'append'
      ? 'sync: onChange "send" would count a changed record twice: the destination adds rows and replaces none'
      : null,
    sync.mode === 'full-refresh' && sync.onVanished === 'delete-key' && destination.semantics === 'append'
      ? 'sync: onVanished "delete-key" has no effect: the destination adds rows and deletes none'
      : null,
  ].filter((fault) => fault !== null)
}

function sliceFieldFault(sync: Sync, { slicedBy }: SourceDefinition): string | null {
  if (sync.mode !== 'sliced' || !slicedBy) return null
  const { field, isWithin } = slicedBy
  if (sync.cursor.path.startsWith(`${field}.`) === isWithin) return null
  return isWithin
    ? `sync: the parent takes the bounds of a slice, so the cursor must be one of its fields, such as "${field}.createdAt"`
    : `sync: the child takes the bounds of a slice, so the cursor must be one of its own fields, not of "${field}"`
}

/** Checks the field paths: a misspelt one would make every record a reject. */
function fieldFaults({ sync, record, consent }: Parts): string[] {
  const cursor = sync.mode !== 'full-refresh' && sync.cursor.kind === 'record' ? [sync.cursor.path] : []
  return [...cursor, ...(sync.primaryKey ?? []), ...(consent ? [consent.field] : [])]
    .filter((path) => hasField(record, path) === 'no')
    .map((path) => `${path === consent?.field ? 'consent' : 'sync'}: the record has no field "${path}"`)
}

function capabilityOf(sync: Sync): SourceDefinition['capabilities'][number] | null {
  if (sync.mode === 'full-refresh') return null
  if (sync.mode === 'sliced') return 'range'
  return sync.cursor.kind === 'page' ? 'page-cursor' : 'since'
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ')
}

function inputFaults(references: readonly (InputReference | undefined)[]): string[] {
  return references
    .map((reference) => String(reference?.name))
    .filter((name) => !inputPattern.test(name))
    .map((name) => `input: "${name}" must be upper case, such as ORDERS_API_BASE_URL`)
}

/** Removes the full stop, because all faults of a job are joined into one sentence. */
function unended(fault: string): string {
  return fault.replace(/\.$/, '')
}
