import * as z from 'zod'
import { parseOptions } from '../../options'
import { bodyFault, maxRecordChars, refuseType } from './body-fault'
import { parseExactJson } from '../../http/exact-json'
import { EncodingLabel, textOf } from './text'
import type { Body, Decoder } from './decoder'

export interface JsonLinesOptions {
  /** Default: byte order mark, `charset`, or UTF-8. */
  readonly encoding?: string
}

const Options = z.strictObject({ encoding: EncodingLabel.optional() })

/** JSON Lines (NDJSON): one record on each line; blank lines are skipped. */
export function jsonLines(options: JsonLinesOptions = {}): Decoder {
  return {
    kind: 'json-lines',
    accept: 'application/x-ndjson, application/jsonl',
    faults: parseOptions('jsonLines', Options, options).faults,
    decode: (body) => ({ records: recordsOf(body, options.encoding), envelope: () => null }),
  }
}

async function* recordsOf(body: Body, encoding: string | undefined): AsyncGenerator<unknown[]> {
  refuseType(body, 'JSON Lines', /xml|csv|zip/)
  let open = ''
  let line = 0

  function parse(lines: readonly string[]): unknown[] {
    return lines.flatMap((text) => {
      line += 1
      if (text.trim() === '') return []
      try {
        return [parseExactJson(text)]
      } catch {
        throw bodyFault(body, 'is not JSON', { at: line, unit: 'line' })
      }
    })
  }

  for await (const text of textOf(body, encoding)) {
    const lines = (open + text).split('\n')
    open = lines.pop() ?? ''
    if (open.length > maxRecordChars) {
      throw bodyFault(body, 'has more than 1 MB without a line break', { at: line + 1, unit: 'line' })
    }
    const records = parse(lines)
    if (records.length > 0) yield records
  }
  const last = parse([open])
  if (last.length > 0) yield last
}
