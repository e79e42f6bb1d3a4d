import fc from '../../fixtures/fast-check'
import Link from 'http-link-header'
import { parseLinkHeader } from '../../../src/http/link-header'
import { quotaWaitMs } from '../../../src/http/rate-limit'
import { retryAfterMs } from '../../../src/http/retry-after'
import { linkHeader } from '../../../src/sources/paginators/link-header'
import { walk } from '../../fixtures/walk-pages'

const now = Date.parse('2026-01-01T00:00:00Z')
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const longDays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The three forms of RFC 9110 §5.6.7, written from the grammar. */
function httpDates(ms: number): readonly string[] {
  const at = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  const time = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(two).join(':')
  const [day, month, date] = [at.getUTCDay(), months[at.getUTCMonth()] ?? '', at.getUTCDate()]
  const year = at.getUTCFullYear()
  return [
    `${days[day] ?? ''}, ${two(date)} ${month} ${year} ${time} GMT`,
    `${longDays[day] ?? ''}, ${two(date)}-${month}-${two(year % 100)} ${time} GMT`,
    `${days[day] ?? ''} ${month} ${String(date).padStart(2, ' ')} ${time} ${year}`,
  ]
}

describe('retryAfterMs', () => {
  it('reads each form of an HTTP date as the same instant, in any zone of the container', () => {
    const seconds = fc.integer({ min: 0, max: 20 * 365 * 86_400 })
    fc.assert(
      fc.property(seconds, (ahead) => {
        for (const date of httpDates(now + ahead * 1000)) expect(retryAfterMs(date, now)).toBe(ahead * 1000)
      }),
    )
  })

  it('reads seconds as digits, and nothing of any other text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+.\de ]{1,12}$/)), (text) => {
        const expected = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : null
        expect(retryAfterMs(text, now)).toBe(expected)
      }),
      { numRuns: 1_000 },
    )
  })

  it.each(['7 minutes', '1.5', '-3', 'soon 5', '2026-01-02', 'Thu, 32 Jan 2026 00:00:00 GMT'])(
    'makes nothing of %p, for which Date.parse may have a date',
    (text) => {
      expect(retryAfterMs(text, now)).toBeNull()
    },
  )

  it('is finite for any number of digits', () => {
    expect(retryAfterMs('9'.repeat(400), now)).toBe(9_000_000_000_000)
  })
})

describe('quotaWaitMs', () => {
  const policy = fc.record({
    remaining: fc.integer({ min: 0, max: 3 }),
    reset: fc.integer({ min: 0, max: 100_000 }),
  })
  const expected = (policies: readonly { readonly remaining: number; readonly reset: number }[]) => {
    const waits = policies.filter(({ remaining }) => remaining === 0).map(({ reset }) => reset * 1000)
    return waits.length === 0 ? null : Math.min(3_600_000, Math.max(...waits))
  }

  it('reads a list of policies with parameters in any order', () => {
    const item = fc.record({ policy, swapped: fc.boolean(), gap: fc.constantFrom('', ' '), window: fc.nat() })
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 4 }), (items) => {
        const header = items
          .map(({ policy: { remaining, reset }, swapped, gap, window }, index) => {
            const pair = [`r=${remaining}`, `t=${reset}`]
            return [`"p${index}"`, ...(swapped ? pair.reverse() : pair), `w=${window}`].join(`;${gap}`)
          })
          .join(', ')
        expect(quotaWaitMs({ ratelimit: header }, now)).toBe(expected(items.map((one) => one.policy)))
      }),
    )
  })

  it('reads the earlier form, and the pairs of headers with and without X-', () => {
    fc.assert(
      fc.property(policy, (one) => {
        const [remaining, reset] = [String(one.remaining), String(one.reset)]
        const headers = [
          { ratelimit: `limit=9, remaining=${remaining}, reset=${reset}` },
          { 'ratelimit-remaining': remaining, 'ratelimit-reset': reset },
          { 'x-ratelimit-remaining': ` ${remaining}`, 'x-ratelimit-reset': reset },
        ]
        for (const form of headers) expect(quotaWaitMs(form, now)).toBe(expected([one]))
      }),
    )
  })

  it('waits no longer than an hour, and not at all for a reset in the past or a text that is no number', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (ratelimit, remaining, reset) => {
        const wait = quotaWaitMs(
          { ratelimit, 'ratelimit-remaining': remaining, 'ratelimit-reset': reset },
          now,
        )
        expect(wait === null || (wait >= 0 && wait <= 3_600_000)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
    const epoch = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 - 60) }
    expect(quotaWaitMs(epoch, now)).toBe(0)
  })
})

describe('linkHeader', () => {
  const url = 'https://api.example.com/v1'

  it('finds the link with its relation among others, however they are quoted and spaced', () => {
    const token = fc.stringMatching(/^[a-z]{1,8}$/).filter((name) => name !== 'next')
    const text = fc
      .stringMatching(/^[ -~]{0,12}$/)
      .map((raw) => `"${raw.replace(/["\\]/g, String.raw`\$&`)}"`)
    const target = fc.stringMatching(/^\?[a-z0-9=&%;,]{1,20}$/)
    const other = fc
      .tuple(target, token, text)
      .map(([to, rel, title]) => `<${to}>; title=${title}; rel="${rel}"`)
    const links = fc.record({ to: target, before: fc.array(other, { maxLength: 2 }), quoted: fc.boolean() })
    fc.assert(
      fc.property(links, fc.constantFrom(', ', ',', ' , '), ({ to, before, quoted }, comma) => {
        const header = [...before, `<${to}>; rel=${quoted ? '"next"' : 'next'}`].join(comma)
        const { queries, error } = walk(linkHeader(), (_query, page) => ({
          records: [page],
          headers: page === 0 ? { link: header } : {},
        }))
        expect(error).toBeNull()
        expect(queries).toEqual([{}, { url: new URL(to, url).href }])
      }),
    )
  })

  it('agrees with an independent parser on headers without a blank before a comma', () => {
    const value = fc.oneof(
      fc.stringMatching(/^[a-z]{1,6}$/),
      fc.stringMatching(/^[a-z][a-zA-Z ;,=<>]{0,9}$/).map((text) => `"${text}"`),
    )
    const parameter = fc.tuple(fc.constantFrom('rel', 'title', 'hreflang'), value)
    const one = fc
      .tuple(fc.stringMatching(/^[a-z/?=&;,]{1,12}$/), fc.array(parameter, { minLength: 1, maxLength: 3 }))
      .map(([to, all]) => `<${to}>${all.map(([name, text]) => `; ${name}=${text}`).join('')}`)
    const relationsOf = (refs: readonly { uri: string; rel?: unknown }[]) =>
      refs
        .filter(({ rel }) => typeof rel === 'string' && rel !== '')
        .map(({ uri, rel }) => `${uri} ${String(rel).toLowerCase()}`)
    fc.assert(
      fc.property(fc.array(one, { maxLength: 3 }), (links) => {
        const header = links.join(', ')
        const ours = parseLinkHeader(header)?.flatMap(({ target, relations }) =>
          relations.map((relation) => `${target} ${relation}`),
        )
        expect(ours).toEqual(relationsOf(Link.parse(header).refs as never))
      }),
      { numRuns: 1_000 },
    )
  })

  it('ends with a page, a next page of the same host or a clear error for any text', () => {
    const garbage = fc.oneof(fc.string(), fc.stringMatching(/^[<>;,="\\a-z ]{0,40}$/))
    fc.assert(
      fc.property(garbage, (link) => {
        const { error } = walk(linkHeader(), () => ({ records: [1], headers: { link } }), 3)
        if (error !== null) expect(error).toMatchObject({ code: 'source-malformed' })
      }),
      { numRuns: 2_000 },
    )
  })
})
