/** One link of a `Link` header. */
export interface Link {
  /** As it is written: it may be relative. */
  readonly target: string
  /** Lower case. */
  readonly relations: readonly string[]
}

const separators = /[\s,]*/y
const targetForm = /<([^<>\s]*)>/y
/** A value is quoted, or goes on to the next separator; some servers leave quotes out around URLs. */
const parameterForm = /\s*;\s*([\w!#$&+.^`|~*'-]*)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]+)))?/y
const end = /\s*(?:,|$)/y

/**
 * The links of a `Link` header; null where a part is malformed, because the skipped part might name the next page.
 * `http-link-header` is not used: it loses the link behind `rel="a" , <…>`.
 * @see RFC 8288 §3
 */
export function parseLinkHeader(header: string): readonly Link[] | null {
  const links: Link[] = []
  let at = 0

  function take(form: RegExp): RegExpExecArray | null {
    form.lastIndex = at
    const match = form.exec(header)
    if (match) at = form.lastIndex
    return match
  }

  take(separators)
  while (at < header.length) {
    const target = take(targetForm)?.[1]
    if (target === undefined) return null
    let relations: readonly string[] | null = null
    for (let parameter = take(parameterForm); parameter; parameter = take(parameterForm)) {
      const [, name = '', quoted, plain = ''] = parameter
      // The first `rel` counts (§3.3).
      if (name.toLowerCase() === 'rel') relations ??= relationsOf(quoted?.replace(/\\(.)/g, '$1') ?? plain)
    }
    if (!take(end)) return null
    links.push({ target, relations: relations ?? [] })
    take(separators)
  }
  return links
}

function relationsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((relation) => relation !== '')
}
