/** A text, a number, a boolean or null around the records of an answer. */
export interface EnvelopeField {
  /** With dots, such as `meta.next_token`. */
  readonly path: string
  /** The last name of the path. */
  readonly name: string
  /** The name of the object that has the field; '' for the answer itself. */
  readonly parent: string
  readonly value: unknown
}

/** Objects are searched to this depth. */
const deepest = 4

/** The fields of an answer that are in no list, in their order. */
export function envelopeFields(body: unknown, at = '', parent = '', levels = deepest): EnvelopeField[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body) || levels === 0) return []
  return Object.entries(body).flatMap(([name, value]: [string, unknown]) => {
    const path = at === '' ? name : `${at}.${name}`
    return typeof value === 'object' && value !== null
      ? envelopeFields(value, path, name, levels - 1)
      : [{ path, name, parent, value }]
  })
}

const urlName = /^(?:@?odata\.)?next(?:_?(?:page|link|href|uri|records))?(?:_?url)?$/i
const previousUrlName = /^prev(?:ious)?(?:_?(?:page|link|href|uri))?(?:_?url)?$/i
const previousName = /^has_?prev(?:ious)?(?:_?page)?$/i
const firstName = /^(?:is_?)?first(?:_?page)?$/i
const addressName = /^(?:href|url|uri)$/i
const moreName =
  /^(?:has_?more(?:_?(?:items|pages|records|results))?|has_?next(?:_?page)?|more|(?:is_?)?truncated)$/i
const lastName = /^(?:(?:is_?)?last(?:_?page)?|done)$/i
const tokenName = /^(?:next_?(?:page_?)?(?:token|cursor|key|marker)|continuation_?token)$/i
const totalName = /^(?:total_?(?:count|results|records|items|elements|size)|count_?total)$/i
const pagesName = /^(?:meta(?:data)?|page|page_?info|paging|pagination)$/i

/** Whether a field has the name of the URL of the next page: `next_page_url`, or `href` of the link `next` (HAL). */
export function isNextName({ name, parent }: EnvelopeField): boolean {
  return urlName.test(name) || (addressName.test(name) && urlName.test(parent))
}

/** Whether a field has the name of the URL of the page before. */
export function isPreviousName({ name, parent }: EnvelopeField): boolean {
  return previousUrlName.test(name) || (addressName.test(name) && previousUrlName.test(parent))
}

/** Whether a flag tells that there is a page before: `has_previous` is true, or `first` is false. */
export function saysPrevious({ name, value }: EnvelopeField): boolean {
  return (value === true && previousName.test(name)) || (value === false && firstName.test(name))
}

/** Whether a boolean tells whether there is another page. */
export function isMoreName({ name }: EnvelopeField): boolean {
  return moreName.test(name)
}

/** Whether a flag tells that there is another page: `has_more` is true, or `last` is false. */
export function saysMore(field: EnvelopeField): boolean {
  return (field.value === true && isMoreName(field)) || (field.value === false && lastName.test(field.name))
}

/** Whether a field is the token of the next page. Names without "next" are left out: some are those of this page. */
export function isNextToken({ name, value }: EnvelopeField): boolean {
  return tokenName.test(name) && ((typeof value === 'string' && value !== '') || typeof value === 'number')
}

/**
 * Whether a field counts all records, and they are more than `count`. A plain `total` counts only beside other facts
 * about pages, because elsewhere it may be a sum of money.
 */
export function announcesMoreThan({ name, parent, value }: EnvelopeField, count: number): boolean {
  const isTotal = totalName.test(name) || (/^total$/i.test(name) && pagesName.test(parent))
  return isTotal && typeof value === 'number' && value > count
}

/** @param base what a relative URL begins at */
export function isUrl(value: unknown, base: string): boolean {
  return typeof value === 'string' && /^(?:https?:\/\/|\/|\?)/.test(value) && URL.canParse(value, base)
}
