import type { UpTo250, UpTo75 } from '../variable-number'

export type EVarColumn = `eVar${UpTo250}`

type TextColumn =
  | 'aamlh'
  | 'campaign'
  | 'channel'
  | 'colorDepth'
  | 'connectionType'
  | 'cookiesEnabled'
  | 'currencyCode'
  | 'ipaddress'
  | 'javaEnabled'
  | 'language'
  | 'linkName'
  | 'linkURL'
  | 'marketingCloudVisitorID'
  | 'pageName'
  | 'pageType'
  | 'pageURL'
  | 'products'
  | 'purchaseID'
  | 'queryString'
  | 'referrer'
  | 'resolution'
  | 'server'
  | 'tnta'
  | 'trackingServer'
  | 'transactionID'
  | 'userAgent'
  | 'visitorID'
  | 'zip'
  | EVarColumn
  | `prop${UpTo75}`
  | `list${'1' | '2' | '3'}`
  | `hier${'1' | '2' | '3' | '4' | '5'}`
  | `hints.${'architecture' | 'bitness' | 'brands' | 'mobile' | 'model' | 'platform' | 'platformversion' | 'wow64'}`
  | `contextData.${string}`
  | `customerID.${string}.${'id' | 'authState' | 'isMCSeed'}`

type NumberColumn = 'browserHeight' | 'browserWidth'

/**
 * The columns of a Bulk Data Insertion file. `reportSuiteID` is not among them: the destination fills it in.
 * @see https://developer.adobe.com/analytics-collection-apis/methods/bulk-data-insertion/ (column reference)
 */
export type HitColumn = TextColumn | NumberColumn | 'events' | 'linkType' | 'timestamp'

/** One hit, with the columns that the job declares. An absent or undefined column stays empty. */
export type Hit<Column extends HitColumn = HitColumn> = {
  readonly [Name in Column]?: HitValue<Name> | undefined
}

type HitValue<Name> = Name extends 'timestamp'
  ? /** Seconds since the epoch, ISO 8601 with a zone, or a Date. */ number | string | Date
  : Name extends NumberColumn
    ? number
    : Name extends 'linkType'
      ? 'd' | 'e' | 'o'
      : string

const fixedColumns = new Set<string>([
  'aamlh', 'browserHeight', 'browserWidth', 'campaign', 'channel', 'colorDepth', 'connectionType',
  'cookiesEnabled', 'currencyCode', 'events', 'ipaddress', 'javaEnabled', 'language', 'linkName', 'linkType',
  'linkURL', 'marketingCloudVisitorID', 'pageName', 'pageType', 'pageURL', 'products', 'purchaseID',
  'queryString', 'referrer', 'resolution', 'server', 'timestamp', 'tnta', 'trackingServer', 'transactionID',
  'userAgent', 'visitorID', 'zip',
]) // prettier-ignore

const numbered: Readonly<Record<string, number>> = { eVar: 250, prop: 75, list: 3, hier: 5 }

/** True where Adobe knows the column. Adobe silently ignores unknown columns. */
export function isHitColumn(name: string): boolean {
  if (fixedColumns.has(name)) return true
  const match = /^(eVar|prop|list|hier)([1-9]\d*)$/.exec(name)
  if (match) return Number(match[2]) <= (numbered[match[1] ?? ''] ?? 0)
  return (
    /^contextData\.[A-Za-z0-9_.]+$/.test(name) ||
    /^customerID\.[A-Za-z0-9_]+\.(id|authState|isMCSeed)$/.test(name) ||
    /^hints\.(architecture|bitness|brands|mobile|model|platform|platformversion|wow64)$/.test(name)
  )
}
