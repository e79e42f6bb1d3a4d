import * as z from 'zod'

/** Where a value of a request goes: a slice's bounds, a cursor, a page token, a page size. */
export interface Place {
  readonly in: 'query' | 'path' | 'body' | 'header'
  /** Query parameter, `{placeholder}` of the path, dotted path in the body (GraphQL: in its variables), or header. */
  readonly name: string
}

/** A plain text is a query parameter. */
export type Param = string | Place

/** A value with its place. */
export interface Assignment {
  readonly place: Place
  /** A number stays one in a JSON body; everywhere else it is written in decimal digits. */
  readonly value: string | number
}

/** The query parameter `name`. */
export function inQuery<const Name extends string>(name: Name) {
  return { in: 'query', name } as const
}

/** The placeholder `{name}` of the path. */
export function inPath<const Name extends string>(name: Name) {
  return { in: 'path', name } as const
}

/** The field at a dotted path of the body; with `graphql`, a variable. */
export function inBody<const Name extends string>(name: Name) {
  return { in: 'body', name } as const
}

/** The header `name`. */
export function inHeader<const Name extends string>(name: Name) {
  return { in: 'header', name } as const
}

export function placeOf(param: Param): Place {
  return typeof param === 'string' ? inQuery(param) : param
}

const name = z.string('must be a text').min(1, 'must not be empty')

export const ParamOption = z.union(
  [name, z.strictObject({ in: z.enum(['query', 'path', 'body', 'header']), name })],
  {
    error: ({ input }) =>
      input === '' ? 'must not be empty' : 'must be a text, or made by inQuery, inPath, inBody or inHeader',
  },
)
