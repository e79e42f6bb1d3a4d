import * as z from 'zod'
import { FieldPath, parseOptions } from '../../options'
import { bodyFault, refuseType } from './body-fault'
import { createListScanner } from './list-scanner'
import { EncodingLabel, textOf } from './text'
import type { Decoder } from './decoder'

export interface JsonOptions {
  /** Where the list of records is, such as `data` or `result.0.items`; '' where the body is the list. Default ''. */
  readonly records?: string
  /** Default: byte order mark, `charset`, or UTF-8. */
  readonly encoding?: string
}

const Options = z.strictObject({
  records: z.literal('').or(FieldPath).optional(),
  encoding: EncodingLabel.optional(),
})

/** JSON with a list of records anywhere in it. It is parsed record by record. */
export function json(options: JsonOptions = {}): Decoder {
  const { records: path = '', encoding } = options
  return {
    kind: `json(${path})`,
    accept: 'application/json',
    faults: parseOptions('json', Options, options).faults,
    decode(body) {
      let envelope: unknown = null
      async function* records(): AsyncGenerator<readonly unknown[]> {
        refuseType(body, 'JSON', /xml|csv|zip/)
        const scanner = createListScanner(path, (what, at) =>
          bodyFault(body, what, { at, unit: 'character' }),
        )
        for await (const text of textOf(body, encoding)) {
          const found = scanner.push(text)
          if (found.length > 0) yield found
        }
        envelope = scanner.end()
      }
      return { records: records(), envelope: () => envelope }
    },
  }
}
