import type { Page } from '../source'
import type { Decoded } from './decoder'

/**
 * The records of a body in pages. A body without a record is a page too, with the fields that it declares: a message in
 * place of data is otherwise a header line, and looks like an empty result.
 */
export async function* decodedPages(decoded: Decoded): AsyncGenerator<Pick<Page, 'records' | 'fields'>> {
  let isEmpty = true
  for await (const records of decoded.records) {
    isEmpty = false
    yield { records }
  }
  const fields = isEmpty ? decoded.fields?.() : null
  if (fields) yield { records: [], fields }
}
