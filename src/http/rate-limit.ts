/** A number of seconds this large is not a delay but a time since the epoch (GitHub, Twitter). */
const firstEpochSeconds = 1_000_000_000
/** A wait that a server asks for is capped here. */
const longestMs = 3_600_000

/**
 * How long a server asks not to be called because its quota is used up, in ms; null without such a header, for one that
 * cannot be parsed, or where quota is left. Reads `RateLimit` as a list of items with `r` and `t`, its earlier form
 * `remaining=0, reset=5`, and the pairs `RateLimit-Remaining`/`-Reset` with and without `X-`.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 * @param headers lower-case names
 * @param now wall clock, ms since the epoch
 */
export function quotaWaitMs(headers: Readonly<Record<string, string>>, now: number): number | null {
  const waits = [...itemsOf(headers.ratelimit ?? ''), ...pairsOf(headers)]
    .filter(({ remaining }) => remaining === 0)
    .map(({ reset }) => (reset >= firstEpochSeconds ? reset * 1000 - now : reset * 1000))
  return waits.length === 0 ? null : Math.min(longestMs, Math.max(0, ...waits))
}

interface Quota {
  readonly remaining: number
  /** Seconds from now, or since the epoch. */
  readonly reset: number
}

function pairsOf(headers: Readonly<Record<string, string>>): Quota[] {
  return ['', 'x-'].flatMap((prefix) =>
    quota(headers[`${prefix}ratelimit-remaining`], headers[`${prefix}ratelimit-reset`]),
  )
}

/** Each policy is an item of the list; in the earlier form the whole list is one policy. */
function itemsOf(header: string): Quota[] {
  if (/(?:^|,)\s*remaining\s*=/i.test(header)) {
    return quota(parameter(header, 'remaining'), parameter(header, 'reset'))
  }
  return header.split(',').flatMap((item) => quota(parameter(item, 'r'), parameter(item, 't')))
}

function parameter(text: string, name: string): string | undefined {
  return new RegExp(String.raw`(?:^|[;,])\s*${name}\s*=\s*(\d+)\s*(?=[;,]|$)`, 'i').exec(text)?.[1]
}

function quota(remaining: string | undefined, reset: string | undefined): Quota[] {
  const isNumber = (text: string | undefined) => /^\d{1,15}$/.test(text?.trim() ?? '')
  return isNumber(remaining) && isNumber(reset)
    ? [{ remaining: Number(remaining), reset: Number(reset) }]
    : []
}
