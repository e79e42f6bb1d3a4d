import * as z from 'zod'
import { FieldPath, parseOptions } from '../../options'
import { bodyFault, maxRecordChars, refuseType } from './body-fault'
import { createElementReader } from './element-reader'
import { EncodingLabel, textOf } from './text'
import type { Body, Decoder } from './decoder'

export interface XmlOptions {
  /** The elements that are records, from the root, such as `feed.entry`. */
  readonly record: string
  /**
   * Elements below a record that can be repeated, such as `items.item`: they are always lists. Another element is a list
   * only where it is repeated.
   */
  readonly lists?: readonly string[]
  /** Default: byte order mark, `charset`, the XML declaration, or UTF-8. */
  readonly encoding?: string
}

const Options = z.strictObject({
  record: FieldPath,
  lists: z.array(FieldPath).optional(),
  encoding: EncodingLabel.optional(),
})

/**
 * XML with an element for each record. An element with text alone becomes that text; others become objects with their
 * children by name (prefix included), attributes as `@name` and text as `#text`. Entities other than the five predefined
 * ones are errors; external documents are never fetched.
 */
export function xml(options: XmlOptions): Decoder {
  const { record, lists = [], encoding } = options
  return {
    kind: `xml(${JSON.stringify({ record, lists })})`,
    accept: 'application/xml, text/xml',
    faults: parseOptions('xml', Options, options).faults,
    decode: (body) => ({ records: recordsOf(body, { record, lists, encoding }), envelope: () => null }),
  }
}

interface Layout {
  readonly record: string
  readonly lists: readonly string[]
  readonly encoding: string | undefined
}

async function* recordsOf(body: Body, { record, lists, encoding }: Layout): AsyncGenerator<unknown[]> {
  refuseType(body, 'XML', /json|csv|zip/)
  const { SaxesParser } = await import('saxes')
  const parser = new SaxesParser()
  const reader = createElementReader(record.split('.'), lists)
  /** Where the record, or the text between two tags, began. */
  let since = 0
  function noted<Of>(take: (event: Of) => void) {
    return (event: Of) => {
      const wasInRecord = reader.isInRecord()
      take(event)
      if (!wasInRecord || !reader.isInRecord()) since = parser.position
    }
  }
  parser.on('opentag', noted(reader.open))
  parser.on('closetag', noted(reader.close))
  parser.on('text', noted(reader.text))
  parser.on('cdata', noted(reader.text))
  parser.on('error', () => {
    throw fault('is not XML, or breaks off,')
  })

  function fault(what: string) {
    return bodyFault(body, what, { at: parser.position, unit: 'character' })
  }

  for await (const text of textOf(body, encoding, declaredEncoding)) {
    parser.write(text)
    if (parser.position - since > maxRecordChars) throw fault('has a record or text of more than 1 MB')
    const records = reader.take()
    if (records.length > 0) yield records
  }
  parser.close()
  if (!reader.foundParent()) throw bodyFault(body, `has no element that could hold "${record}"`)
}

/** The encoding of the XML declaration, which is ASCII in all encodings without a byte order mark that have one. */
function declaredEncoding(start: Uint8Array): string | null {
  const text = Buffer.from(start.subarray(0, 200)).toString('latin1')
  return /^<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]+)["']/.exec(text)?.[1] ?? null
}
