import * as z from 'zod'

/** One page of a container's listing. */
export interface BlobListPage {
  readonly paths: readonly string[]
  /** Where the next page starts; '' after the last. */
  readonly nextMarker: string
}

const Page = z.string().regex(/<EnumerationResults[\s>][^]*<\/EnumerationResults>\s*$/)
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/**
 * Reads the two elements that are wanted of a listing, null where it is none. No XML parser: both hold text only,
 * in which XML allows no `<`, and a parser would be the largest part of the action after zod.
 * @see https://learn.microsoft.com/rest/api/storageservices/list-blobs
 */
export function parseListPage(body: Buffer): BlobListPage | null {
  const xml = Page.safeParse(body.toString('utf8'))
  if (!xml.success) return null
  const names = xml.data.matchAll(/<Name(?: Encoded="(true)")?>([^<]*)<\/Name>/g)
  return {
    paths: Array.from(names, ([, encoded, name = '']) =>
      encoded ? decodeURIComponent(unescapeXml(name)) : unescapeXml(name),
    ),
    nextMarker: unescapeXml(/<NextMarker>([^<]*)<\/NextMarker>/.exec(xml.data)?.[1] ?? ''),
  }
}

function unescapeXml(text: string): string {
  return text.replace(
    /&(?:#x([\da-f]+)|#(\d+)|([a-z]+));/gi,
    (whole, hex, decimal, name: string | undefined) => {
      if (name !== undefined) return entities[name] ?? whole
      return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16))
    },
  )
}
