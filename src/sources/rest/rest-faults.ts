import * as z from 'zod'
import { FieldPath, parseOptions } from '../../options'
import { AnswerRules } from './answer-rules'
import { InstantFormatOption } from './instant-format'
import { ParamOption, placeOf } from './place'
import type { Param, Place } from './place'
import type { RestSource } from './rest-options'

/** A part that is made by a function of its own. */
const made = (example: string, ...members: readonly string[]) =>
  z.custom<object>(
    (value) => typeof value === 'object' && value !== null && members.every((member) => member in value),
    `must be made by a function such as ${example}`,
  )
const positive = z.number('must be a number').positive('must be more than 0')
const whole = z.int('must be a whole number').positive('must be at least 1')

const Options = z.strictObject({
  version: z.int('must be a whole number').optional(),
  baseUrl: z.object({ kind: z.string(), name: z.string() }, 'must be input(…)'),
  path: z
    .string('must be a path')
    .regex(/^(?:\/[^?#\s]*)?$/, 'must be a path such as /v1/orders, without query'),
  query: z.record(z.string(), z.string('must be a text')).optional(),
  headers: z.record(z.string(), z.string('must be a text')).optional(),
  body: made('jsonBody(…)', 'write').optional(),
  sinceParam: ParamOption.optional(),
  sinceFormat: InstantFormatOption.optional(),
  sinceStart: z.string('must be a text').optional(),
  rangeParams: z.strictObject({ from: ParamOption, to: ParamOption }).optional(),
  rangeFormat: InstantFormatOption.optional(),
  inclusiveEnds: z.boolean('must be true or false').optional(),
  clientFilter: z.boolean('must be true or false').optional(),
  records: z.literal('').or(FieldPath).optional(),
  decoder: made('json(…)', 'decode', 'faults').optional(),
  paginator: made('nextToken(…)', 'open', 'faults').optional(),
  pageSize: z.strictObject({ param: ParamOption, size: whole, least: whole.optional() }).optional(),
  authentication: made('clientCredentials(…)', 'open', 'faults').optional(),
  answers: AnswerRules.optional(),
  budget: z.strictObject({ requests: whole, seconds: positive }).optional(),
  limits: z
    .strictObject({
      requestSeconds: positive.optional(),
      pageSeconds: positive.optional(),
      pageMegabytes: positive.max(64, 'must be 64 at most: a page has to fit into memory').optional(),
    })
    .optional(),
})

/**
 * The compiler's rules again, for JavaScript and dynamic values.
 * @param filled places that take values from elsewhere
 */
export function restFaults(given: RestSource, filled: readonly Place[] = []): string[] {
  const { options, faults } = parseOptions('restSource', Options, given)
  if (!options) return [...faults]
  return [
    ...idleOptions(given),
    ...placeFaults(given, filled),
    (given.records === undefined) === (given.decoder === undefined)
      ? 'restSource: needs either "records" or "decoder"'
      : null,
    hasCredential(given.headers)
      ? 'restSource: "headers" has credentials: they belong to "authentication"'
      : null,
    ...(given.decoder?.faults ?? []),
    ...(given.paginator?.faults ?? []),
    ...(given.authentication?.faults ?? []),
  ].filter((fault) => fault !== null)
}

function idleOptions(given: RestSource): (string | null)[] {
  const { sinceParam, rangeParams, inclusiveEnds, clientFilter, pageSize, paginator } = given
  const idle = (option: keyof RestSource, wanted: keyof RestSource) =>
    given[option] !== undefined && given[wanted] === undefined
      ? `restSource: "${option}" has no effect without "${wanted}"`
      : null
  const hasFilter = sinceParam !== undefined || rangeParams !== undefined
  return [
    idle('sinceFormat', 'sinceParam'),
    idle('sinceStart', 'sinceParam'),
    idle('rangeFormat', 'rangeParams'),
    inclusiveEnds ? idle('inclusiveEnds', 'rangeParams') : null,
    idle('pageSize', 'paginator'),
    clientFilter && hasFilter
      ? 'restSource: "clientFilter" has no effect beside "sinceParam" or "rangeParams"'
      : null,
    pageSize?.least !== undefined && (pageSize.least > pageSize.size || !paginator?.resizable)
      ? 'restSource: "pageSize.least" has no effect: the size is smaller, or the paginator counts in pages'
      : null,
  ]
}

/** Each place takes one value, each placeholder of the path has one, and only a body has fields. */
function placeFaults(given: RestSource, filled: readonly Place[]): (string | null)[] {
  const { path, query = {}, body, sinceParam, sinceStart, rangeParams, pageSize, paginator } = given
  const params: Param[] = [sinceParam, rangeParams?.from, rangeParams?.to, pageSize?.param].filter(
    (param) => param !== undefined,
  )
  const first = paginator?.open().first ?? []
  const places = [...filled, ...params.map(placeOf), ...first.map(({ place }) => place)]
  const taken = [...Object.keys(query).map((name) => `query ${name}`), ...places.map(nameOf)]
  const twice = taken.find((name, index) => taken.indexOf(name) !== index)
  const placeholders = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name)
  const inPath = places.filter((place) => place.in === 'path').map(({ name }) => name)
  const unfilled = placeholders.find((name) => !inPath.includes(name))
  const unplaced = inPath.find((name) => !placeholders.includes(name))
  const isSinceInPath = sinceParam !== undefined && placeOf(sinceParam).in === 'path'
  return [
    twice === undefined ? null : `restSource: the ${twiceName(twice)} is set twice`,
    unfilled === undefined ? null : `restSource: nothing fills {${unfilled}} of the path`,
    unplaced === undefined ? null : `restSource: the path has no {${unplaced}}`,
    isSinceInPath && sinceStart === undefined
      ? 'restSource: "sinceStart" is missing: the path needs a value while there is no cursor'
      : null,
    body === undefined && places.some((place) => place.in === 'body')
      ? 'restSource: "body" is missing: a value goes into it'
      : null,
  ]
}

function nameOf(place: Place): string {
  return `${place.in} ${place.name}`
}

function twiceName(name: string): string {
  const [where = '', ...rest] = name.split(' ')
  return `${where === 'query' ? 'query parameter' : where} "${rest.join(' ')}"`
}

function hasCredential(headers: RestSource['headers']): boolean {
  return Object.keys(headers ?? {}).some((name) =>
    /^(?:authorization|proxy-authorization|cookie)$/i.test(name),
  )
}
