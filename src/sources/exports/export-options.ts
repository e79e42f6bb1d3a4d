import * as z from 'zod'
import { DurationMs, PositiveDurationMs } from '../../duration'
import { isTimeZone, parseInstant } from '../../instant'
import { FieldPath, parseOptions } from '../../options'
import { InstantFormatOption } from '../rest/instant-format'
import { ParamOption } from '../rest/place'
import type { Duration } from '../../duration'
import type { InputReference } from '../../inputs'
import type { SourceAuthentication } from '../authentication/open-authentication'
import type { Decoder } from '../decoders/decoder'
import type { InstantFormat } from '../rest/instant-format'
import type { Param } from '../rest/place'
import type { PageLimits } from '../rest/rest-options'
import type { RequestBody } from '../rest/request-body'

/** Which time is exported: whole days, each once. */
export interface ExportDays {
  /** The first day, such as `2026-01-31`. */
  readonly start: string
  /** IANA zone whose midnight parts the days. */
  readonly timeZone: string
  /** How long after the end of a day its records still arrive at the API. Default: not at all. */
  readonly lag?: Duration
  /** The most days of one export. Default 31. */
  readonly most?: number
}

/** The request that asks for an export; its answer is JSON with the id of the export. */
export interface ExportCreation {
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Makes it a POST. */
  readonly body?: RequestBody
  /** What takes the first day. */
  readonly from: Param
  /** What takes the end. */
  readonly to: Param
  /** True where the end is the last day itself; else it is the day after. Default false. */
  readonly inclusiveTo?: boolean
  /** How days are written. Default `yyyy-MM-dd`. */
  readonly format?: InstantFormat
  /** Where the id is in the answer, such as `report.id`. */
  readonly id: string
}

/** The request that asks how far an export is; its answer is JSON. `{id}` in the path takes the id. */
export interface ExportPoll {
  readonly path: string
  /** Where the state is in the answer, such as `status`. */
  readonly state: string
  /** The states in which the export can be downloaded. */
  readonly ready: readonly string[]
  /** The states in which it never will be. Default: none. */
  readonly failed?: readonly string[]
  /** Default 10. */
  readonly everySeconds?: number
  /** How long one run waits; the next run goes on. Default 60. */
  readonly perRunSeconds?: number
}

/** Where the export is: at a URL in the last answer of the poll, or at a path that takes `{id}`. */
export type ExportDownload = { readonly url: string } | { readonly path: string }

/** An API that prepares a file on request: create, poll, download. */
export interface ExportSource {
  readonly baseUrl: InputReference
  readonly authentication?: SourceAuthentication
  readonly days: ExportDays
  readonly create: ExportCreation
  readonly poll: ExportPoll
  readonly download: ExportDownload
  /** What is in the file. */
  readonly decoder: Decoder
  /** How long an export may take before it is an error. Default 6 hours. */
  readonly maxWait?: Duration
  readonly limits?: PageLimits
  /** Raise it when the meaning of the export changes. Default 1. */
  readonly version?: number
}

const path = z
  .string('must be a path')
  .regex(/^\/[^?#\s]*$/, 'must be a path such as /v1/reports, without query')
const pathOfId = path.refine((text) => text.includes('{id}'), 'must contain {id}')
const states = z.array(z.string()).min(1, 'must not be empty')
const seconds = z.number('must be a number').positive('must be positive')
const made = (example: string, member: string) =>
  z.custom<object>(
    (value) => typeof value === 'object' && value !== null && member in value,
    `must be made by a function such as ${example}`,
  )

export const ExportOptions = z.strictObject({
  baseUrl: z.object({ kind: z.string(), name: z.string() }, 'must be input(…)'),
  authentication: made('bearer(…)', 'faults').optional(),
  days: z.strictObject({
    start: z
      .string()
      .refine((text) => parseInstant(text, 'UTC') !== null && text.length === 10, 'must be a date'),
    timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone'),
    lag: DurationMs.default(0),
    most: z.int('must be a whole number').positive('must be positive').default(31),
  }),
  create: z.strictObject({
    path,
    query: z.record(z.string(), z.string('must be a text')).optional(),
    body: made('jsonBody(…)', 'write').optional(),
    from: ParamOption,
    to: ParamOption,
    inclusiveTo: z.boolean('must be true or false').default(false),
    format: InstantFormatOption.optional(),
    id: FieldPath,
  }),
  poll: z.strictObject({
    path: pathOfId,
    state: FieldPath,
    ready: states,
    failed: states.default([]),
    everySeconds: seconds.default(10),
    perRunSeconds: seconds.default(60),
  }),
  download: z.union(
    [z.strictObject({ url: FieldPath }), z.strictObject({ path: pathOfId })],
    'must be { url } or { path }',
  ),
  decoder: made('csv()', 'faults'),
  maxWait: PositiveDurationMs.default(6 * 3_600_000),
  limits: z.looseObject({}).optional(),
  version: z.int('must be a whole number').optional(),
})

/** The options with their defaults; null where they have faults. */
export function parseExport(given: ExportSource) {
  const { options, faults } = parseOptions('exportSource', ExportOptions, given)
  if (!options) return { options: null, faults }
  return { options, faults: [...(given.authentication?.faults ?? []), ...given.decoder.faults] }
}

export type ExportSettings = z.output<typeof ExportOptions>
