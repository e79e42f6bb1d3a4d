import * as z from 'zod'
import { epoch, notations } from './records'
import type { Job } from '../../src/definition/job'
import type { Late, OnChange, OnVanished, Sync } from '../../src/definition/sync'
import type { SourceDefinition } from '../../src/sources/source'
import type { DeliveryKind, ModelRow } from './destination'
import type { Notation } from './records'

export type Mode = Sync['mode'] | 'pages'

/** What a job of the model declares. */
export interface JobShape {
  readonly mode: Mode
  readonly kind: DeliveryKind
  readonly notation: Notation
  readonly keyed: boolean
  /** In minutes, or plain numbers. */
  readonly lookback: number | null
  readonly onChange: OnChange
  readonly late: Late
  readonly onVanished: OnVanished
  /** Slices come in order and are not sorted on disk. */
  readonly ordered: boolean
  readonly bringsMore: boolean
  readonly sourceVersion: number
}

export const plainShape: JobShape = {
  mode: 'incremental',
  kind: 'keyed',
  notation: 'instant',
  keyed: false,
  lookback: null,
  onChange: 'ignore',
  late: 'send',
  onVanished: 'keep',
  ordered: false,
  bringsMore: false,
  sourceVersion: 1,
}

/** How the author's code treats records that are not plain; it changes when the author mends it. */
export interface Author {
  /** The schema takes a visitor that is a text. */
  takesInvalid: boolean
  mapsUnmappable: boolean
  /** The schema knows one more field with a default, so that what it makes of each record differs. */
  knowsMore: boolean
}

export function carelessAuthor(): Author {
  return { takesInvalid: false, mapsUnmappable: false, knowsMore: false }
}

const visitors = z.union([z.number(), z.literal('unknown').transform(() => 0)])
const plain = {
  id: z.string(),
  minute: z.number(),
  content: z.number(),
  cursor: z.unknown(),
  note: z.string().optional(),
}
const schemas = {
  strict: z.object({ ...plain, visitor: z.number() }),
  lax: z.object({ ...plain, visitor: visitors }),
}
const more = { channel: z.string().default('web') }
const biggerSchemas = { strict: schemas.strict.extend(more), lax: schemas.lax.extend(more) }

type Parsed = z.infer<typeof schemas.lax>

export function jobFor(shape: JobShape, author: Author = carelessAuthor()): Job {
  const { strict, lax } = author.knowsMore ? biggerSchemas : schemas
  return {
    name: 'model',
    source: sourceDefinition(shape),
    sync: syncFor(shape),
    record: author.takesInvalid ? lax : strict,
    map(record): ModelRow | null {
      const { id, visitor, minute, content, note } = record as Parsed
      if (note === 'unwanted') return null
      if (note === 'unmappable' && !author.mapsUnmappable) throw new RangeError('not mapped yet')
      return { id, visitor, at: minute * 60, content }
    },
    destination: {
      kind: 'model',
      semantics: shape.kind === 'upsert' ? 'upsert' : 'append',
      inputs: [],
      settings: z.object({}),
      faults: [],
      open: () => {
        throw new RangeError('the model opens its own destination')
      },
    },
    faults: [],
  }
}

function sourceDefinition({ bringsMore, sourceVersion }: JobShape): SourceDefinition {
  return {
    kind: 'model',
    version: sourceVersion,
    capabilities: ['since', 'page-cursor', 'range'],
    paging: 'stable',
    bringsMore,
    inputs: [],
    faults: [],
    open: () => {
      throw new RangeError('the model opens its own source')
    },
  }
}

function syncFor(shape: JobShape): Sync {
  const { mode, notation, keyed, onChange, late, ordered } = shape
  const primaryKey = keyed ? ['id'] : null
  const { cursor } = notations[notation]
  const distance = notation === 'instant' ? 60_000 : 1
  const lookback = shape.lookback === null ? null : shape.lookback * distance
  const common = { onChange, late, faults: [] }
  if (mode === 'full-refresh') {
    return { mode, primaryKey: ['id'], onVanished: shape.onVanished, ...common }
  }
  if (mode === 'pages') {
    return { mode: 'incremental', cursor: { kind: 'page' }, primaryKey, lookback: null, ...common }
  }
  if (mode === 'incremental') return { mode, cursor, primaryKey, lookback, ...common }
  return {
    mode,
    every: 'hour',
    timeZone: 'UTC',
    start: new Date(epoch).toISOString(),
    lagMs: 0,
    slicesPerRun: null,
    cursor: notations.instant.cursor as Extract<Sync, { mode: 'sliced' }>['cursor'],
    primaryKey,
    lookback,
    ordered,
    ...common,
  }
}
