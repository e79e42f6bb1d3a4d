import { productEventsFault } from './products'
import { contextDataBytes, isSeed, visitorColumns } from './row-rules'
import type { ColumnFault } from './row-rules'

/** The fault of a hit as a whole, with the column that it is reported for. */
export interface HitFault extends ColumnFault {
  readonly path: string
}

/** The rules about several columns of a hit. A hit is given as the texts of all columns, in the order of the layout. */
export interface HitRules {
  /** The id by which Adobe recognises the visitor; empty where the hit has none. */
  visitorOf(texts: readonly string[]): string
  /** The fault of a hit with that visitor; null where there is none. */
  faultOf(texts: readonly string[], visitor: string): HitFault | null
}

/**
 * Looks up the columns once, because the rules run once for each row.
 * @see https://developer.adobe.com/analytics-collection-apis/methods/bulk-data-insertion/file-format (required columns)
 */
export function createHitRules(names: readonly string[], allowVisitorId: boolean): HitRules {
  const [userAgentAt, visitorIdAt] = [at('userAgent'), at('visitorID')]
  const [pageNameAt, linkTypeAt, linkNameAt] = [at('pageName'), at('linkType'), at('linkName')]
  const [eventsAt, productsAt] = [at('events'), at('products')]
  const queryAt = at('queryString')
  const pagesAt = allAt(['pageURL', 'pageName'])
  const linksAt = allAt(['linkName', 'linkURL'])
  const contextAt = names.flatMap((name, column) => (name.startsWith('contextData.') ? [column] : []))
  const visitorsAt = visitorColumns(names).map(({ name, seed }) => ({
    idAt: at(name),
    seedAt: seed === null ? null : at(seed),
  }))

  function at(name: string): number {
    return names.indexOf(name)
  }

  function allAt(wanted: readonly string[]): readonly number[] {
    return wanted.map(at).filter((column) => column >= 0)
  }

  function visitorOf(texts: readonly string[]): string {
    for (const { idAt, seedAt } of visitorsAt) {
      if (texts[idAt] && (seedAt === null || isSeed(texts[seedAt] ?? ''))) return texts[idAt] ?? ''
    }
    return ''
  }

  function faultOf(texts: readonly string[], visitor: string): HitFault | null {
    if (visitor === '') return fault('visitor-id-missing', 'marketingCloudVisitorID', 'no visitor id is set')
    if (!allowVisitorId && texts[visitorIdAt]) {
      const message = 'must not be set on timestamped hits: use marketingCloudVisitorID'
      return fault('visitor-id-invalid', 'visitorID', message)
    }
    if (!texts[userAgentAt]) return fault('user-agent-missing', 'userAgent', 'is missing')
    if (!isOneSet(texts, pagesAt) && !hasLink(texts) && !pageInQuery.test(texts[queryAt] ?? '')) {
      const message = 'needs pageURL, pageName, or linkType with linkName or linkURL'
      return fault('page-or-link-missing', 'pageName', message)
    }
    if (texts[pageNameAt] && (texts[linkTypeAt] || texts[linkNameAt])) {
      return fault(
        'page-name-ignored',
        'pageName',
        'is set on a link, and Adobe ignores it there: use an eVar',
      )
    }
    let contextBytes = 0
    for (const column of contextAt) contextBytes += Buffer.byteLength(texts[column] ?? '')
    if (contextBytes > contextDataBytes) {
      const message = `takes ${contextBytes} bytes in all; Adobe cuts it after ${contextDataBytes}`
      return fault('value-too-long', 'contextData', message)
    }
    const lost = productEventsFault(texts[productsAt] ?? '', texts[eventsAt] ?? '')
    return lost === null ? null : fault('products-invalid', 'products', lost)
  }

  function hasLink(texts: readonly string[]): boolean {
    return Boolean(texts[linkTypeAt]) && isOneSet(texts, linksAt)
  }

  return { visitorOf, faultOf }
}

function isOneSet(texts: readonly string[], columns: readonly number[]): boolean {
  for (const column of columns) if (texts[column]) return true
  return false
}

/** Adobe skips a row whose `queryString` names neither a page nor a link. */
const pageInQuery = /(?:^|&)(?:g|pageURL|pageName|pe|linkType)=[^&]/

function fault(code: HitFault['code'], path: string, message: string): HitFault {
  return { code, path, message }
}
