/** One page of a container's listing. */
export interface BlobListPage {
  readonly paths: readonly string[]
  /** The marker that asks for the next page; '' after the last. */
  readonly nextMarker: string
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/**
 * Reads the names and the next marker of a listing; null where the body is no listing, or is truncated. No XML parser
 * is needed: both elements hold only text, in which XML allows no `<`.
 * @see https://learn.microsoft.com/rest/api/storageservices/list-blobs
 */
export function parseListPage(body: Buffer): BlobListPage | null {
  const xml = body.toString('utf8')
  if (!/<EnumerationResults[\s>]/.test(xml) || !xml.trimEnd().endsWith('</EnumerationResults>')) return null
  return {
    paths: Array.from(xml.matchAll(/<Name>([^<]*)<\/Name>/g), ([, name = '']) => unescapeXml(name)),
    nextMarker: unescapeXml(/<NextMarker>([^<]*)<\/NextMarker>/.exec(xml)?.[1] ?? ''),
  }
}

function unescapeXml(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole)
}
