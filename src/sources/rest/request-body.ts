import type { Assignment } from './place'

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }
export type JsonObject = Readonly<Record<string, Json>>

/** The body of a POST request. */
export interface RequestBody {
  readonly kind: 'json' | 'form' | 'graphql'
  readonly contentType: string
  /** Writes the body with the values of one page; their places are paths in it. */
  write(values: readonly Assignment[]): string
}

/** A JSON object. Its values appear in state and errors: no secrets. */
export function jsonBody(fields: JsonObject = {}): RequestBody {
  return {
    kind: 'json',
    contentType: 'application/json',
    write: (values) => JSON.stringify(withValues(fields, values)),
  }
}

/** `application/x-www-form-urlencoded`, as browsers write it. Its values appear in state and errors: no secrets. */
export function formBody(fields: Readonly<Record<string, string>> = {}): RequestBody {
  return {
    kind: 'form',
    contentType: 'application/x-www-form-urlencoded',
    write(values) {
      const form = new URLSearchParams(fields)
      for (const { place, value } of values) form.set(place.name, String(value))
      return form.toString()
    },
  }
}

/**
 * A GraphQL query, sent as JSON. `inBody('after')` sets its variable `after`. An answer with `errors` fails, also where
 * it is a 200 with some data.
 * @see https://graphql.github.io/graphql-over-http/draft/ (request, JSON encoding)
 */
export function graphql(query: string, variables: JsonObject = {}): RequestBody {
  return {
    kind: 'graphql',
    contentType: 'application/json',
    write: (values) => JSON.stringify({ query, variables: withValues(variables, values) }),
  }
}

function withValues(fields: JsonObject, values: readonly Assignment[]): Record<string, unknown> {
  const body: Record<string, unknown> = structuredClone(fields)
  for (const { place, value } of values) setAt(body, place.name.split('.'), value)
  return body
}

function setAt(body: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    body[name] = value
    return
  }
  const inner = Object.hasOwn(body, name) ? body[name] : undefined
  const next: Record<string, unknown> =
    typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {}
  body[name] = next
  setAt(next, rest, value)
}
