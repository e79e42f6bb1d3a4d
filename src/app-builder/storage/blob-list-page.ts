/** One page of a container's listing. */
export interface BlobListPage {
  readonly paths: readonly string[]
  /** Where the next page starts; '' after the last. */
  readonly nextMarker: string
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/**
 * Reads the two elements that are wanted of a listing; null where it is none, or not whole. An XML parser would be
 * much for that: both hold text only, in which XML allows no `<`.
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
