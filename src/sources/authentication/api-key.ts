import * as z from 'zod'
import { parseOptions } from '../../options'
import { SecretOption } from './secret-option'
import { headerValue } from './header-value'
import { constantHeaders } from './request-authentication'
import type { InputReference } from '../../inputs'
import type { RequestAuthentication, Signer } from './request-authentication'

export interface ApiKey {
  /** The header that takes the key, such as `x-api-key`. */
  readonly header?: string
  /** The query parameter that takes it instead. Servers and proxies log queries, so prefer a header. */
  readonly query?: string
  /** Text before the key in the header, such as `Token `. */
  readonly prefix?: string
  /** `secret('…')`. */
  readonly value: InputReference
}

const name = z.string('must be a text').min(1, 'must not be empty')
const Options = z
  .strictObject({
    header: name.regex(/^[\w!#$%&'*+.^`|~-]+$/, 'must be the name of a header').optional(),
    query: name.optional(),
    prefix: name.optional(),
    value: SecretOption,
  })
  .refine(({ header, query }) => (header === undefined) !== (query === undefined), {
    error: 'needs either "header" or "query"',
  })
  .refine(({ prefix, query }) => prefix === undefined || query === undefined, {
    error: '"prefix" has no effect on a query parameter',
  })

/** A key in a header or in the query of each request. */
export function apiKey(options: ApiKey): RequestAuthentication {
  const { header, query, prefix = '', value } = options
  return {
    kind: 'request',
    inputs: [value],
    faults: parseOptions('apiKey', Options, options).faults,
    open({ inputs }) {
      if (query !== undefined) return inQuery(query, inputs(value))
      return constantHeaders({ [header ?? '']: `${prefix}${headerValue(value, inputs)}` })
    },
  }
}

function inQuery(name: string, key: string): Signer {
  return {
    sign(request) {
      const url = new URL(request.url)
      url.searchParams.set(name, key)
      return Promise.resolve({ ...request, url: url.href })
    },
    renew: () => Promise.resolve(false),
  }
}
