/** A text, a number, a boolean or null around the records of an answer. */
export interface EnvelopeField {
  /** With dots, such as `meta.next_token`. */
  readonly path: string
  /** The last name of the path. */
  readonly name: string
  readonly value: unknown
}

/** Objects are searched to this depth. */
const deepest = 4

/** The fields of an answer that are in no list, in their order. */
export function envelopeFields(body: unknown, parent = '', levels = deepest): readonly EnvelopeField[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body) || levels === 0) return []
  return Object.entries(body).flatMap(([name, value]: [string, unknown]) => {
    const path = parent === '' ? name : `${parent}.${name}`
    return typeof value === 'object' && value !== null
      ? envelopeFields(value, path, levels - 1)
      : [{ path, name, value }]
  })
}

/** Names of the URL of the next page. */
export const urlName = /^(?:@?odata\.)?next(?:_?(?:page|link|href|uri))?(?:_?url)?$/i
/** Names of a boolean that tells whether there is another page. */
export const moreName = /^(?:has_?more|has_?next(?:_?page)?|more)$/i

/** @param base what a relative URL begins at */
export function isUrl(value: unknown, base: string): boolean {
  return typeof value === 'string' && /^(?:https?:\/\/|\/|\?)/.test(value) && URL.canParse(value, base)
}
