import * as z from 'zod'
import { xml } from '../decoders/xml'
import { malformed } from './store-request'

/**
 * Parses one page of a store's listing.
 * @param root name of the document's element
 * @throws JobError `source-malformed`
 */
export async function parseListing<Schema extends z.ZodType>(
  body: Buffer,
  { root, list, schema, what }: { root: string; list: string; schema: Schema; what: string },
): Promise<z.output<Schema>> {
  const pages: unknown[] = []
  const decoded = xml({ record: root, lists: [list] }).decode({
    bytes: (async function* () {
      yield await Promise.resolve(body)
    })(),
    contentType: null,
    place: what,
  })
  for await (const found of decoded.records) pages.push(...found)
  const parsed = schema.safeParse(pages[0])
  if (!parsed.success)
    throw malformed(what, `is not a listing: ${parsed.error.issues[0]?.path.join('.') ?? ''}`)
  return parsed.data
}

/** An instant as listings write it, ISO 8601 or RFC 1123, in ms since the epoch. */
export const ListedTime = z
  .string()
  .transform((text) => Date.parse(text))
  .refine((ms) => Number.isFinite(ms), 'must be a time')
