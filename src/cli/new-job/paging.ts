import { parseLinkHeader } from '../../http/link-header'
import {
  envelopeFields,
  isMoreName,
  isNextName,
  isUrl,
  saysMore,
} from '../../sources/paginators/envelope-fields'
import { wrong } from './mapping'
import { quoted } from './schema-text'
import type { JobError } from '../../errors'
import type { EnvelopeField } from '../../sources/paginators/envelope-fields'

/** One answer, as far as it says how the next page is asked for. */
export interface AnsweredPage {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly count: number
}

/** `unclear`: there are more pages, and the answer does not show what asks for them. */
export type Paging =
  | { readonly kind: 'one-page' }
  | { readonly kind: 'unclear'; readonly why: string }
  | {
      readonly kind: 'pages'
      readonly name: 'linkHeader' | 'nextUrl' | 'nextToken' | 'pageNumber' | 'offset'
      /** Such as `nextUrl({ path: 'links.next' })`. */
      readonly text: string
      /** The parameter of the URL that the paginator sets itself. */
      readonly param: string | null
    }

const tokenName =
  /^(?:next_?(?:page_?)?(?:token|cursor|key|id)|cursor|page_?token|continuation(?:_?token)?|after|scroll_?id)$/i
const totalName = /^(?:total(?:_?(?:count|results|records|items|elements))?|count_?total)$/i
const offsetName = /^(?:offset|skip|start|start_?at|start_?index|from)$/i
/** The number of the answer's own page. */
const ownNumberName = /^(?:number|page|page_?(?:number|no|index)|current_?page)$/i
const pageName = /^(?:page|p|page_?(?:number|no|index))$/i

/**
 * Recognizes the paginator in an answer: the header `Link`, a URL or a token of the next page in the body, a counting
 * parameter in the URL.
 * @param param the query parameter that takes token, page number or offset, where the author names it
 * @throws JobError `params-invalid` for page numbers of which the first is unknown
 */
export function inferPaging(page: AnsweredPage, param: string | undefined): Paging {
  const links = parseLinkHeader(page.headers.link ?? '') ?? []
  if (links.some(({ relations }) => relations.includes('next'))) return pages('linkHeader', 'linkHeader()')
  const scalars = envelopeFields(page.body)
  return nextInBody(page, scalars, param) ?? counting(page, scalars, param) ?? rest(page, scalars)
}

function pages(name: Extract<Paging, { kind: 'pages' }>['name'], text: string, param: string | null = null) {
  return { kind: 'pages', name, text, param } as const
}

function nextInBody(
  { url }: AnsweredPage,
  scalars: readonly EnvelopeField[],
  param: string | undefined,
): Paging | null {
  const links = scalars.filter(isNextName)
  const link = links.find(({ value }) => isUrl(value, url))
  if (link) return pages('nextUrl', `nextUrl({ path: ${quoted(link.path)} })`)
  const token = scalars.find(
    (field) => tokenName.test(field.name) || (isNextName(field) && isToken(field.value)),
  )
  if (!token) {
    const empty = links.find(({ value }) => value === null)
    return empty && param === undefined ? pages('nextUrl', `nextUrl({ path: ${quoted(empty.path)} })`) : null
  }
  if (param === undefined) {
    return { kind: 'unclear', why: `the answer carries a token of the next page at "${token.path}"` }
  }
  const more = scalars.find((field) => isMoreName(field) && typeof field.value === 'boolean')
  const options = [
    `path: ${quoted(token.path)}`,
    more && `more: ${quoted(more.path)}`,
    `param: ${quoted(param)}`,
  ]
  return pages('nextToken', `nextToken({ ${options.filter(Boolean).join(', ')} })`, param)
}

function counting(
  { url, count }: AnsweredPage,
  scalars: readonly EnvelopeField[],
  given: string | undefined,
): Paging | null {
  const asked = new URL(url).searchParams
  const find = (name: RegExp) => [...asked.keys()].find((key) => name.test(key))
  const total = scalars.find(
    ({ name, value }) => totalName.test(name) && typeof value === 'number' && value >= count,
  )
  const options = (param: string, first: string | null = null) =>
    `{ ${[`param: ${quoted(param)}`, first, total && `total: ${quoted(total.path)}`].filter(Boolean).join(', ')} }`
  const skip = given !== undefined && offsetName.test(given) ? given : find(offsetName)
  if (skip !== undefined) return pages('offset', `offset(${options(skip)})`, skip)
  const number = given ?? find(pageName)
  if (number === undefined) return null
  const first = firstNumber(asked.get(number), scalars)
  if (first === null) throw withoutNumber(number)
  return pages('pageNumber', `pageNumber(${options(number, first === 0 ? 'first: 0' : null)})`, number)
}

/** By the URL, or by the number that the answer gives itself; null where neither shows it. */
function firstNumber(asked: string | null, scalars: readonly EnvelopeField[]): number | null {
  if (asked !== null) return asked === '0' ? 0 : 1
  const own = scalars.find(({ name, value }) => ownNumberName.test(name) && (value === 0 || value === 1))
  return typeof own?.value === 'number' ? own.value : null
}

function withoutNumber(param: string): JobError {
  return wrong(
    `Neither the URL nor the answer shows the number of the first page, which ${param} takes: with a wrong one, a page would be left out.`,
    `Add the first page of the API's documentation to --url: ?${param}=1 or ?${param}=0. Where the parameter takes the id of the last record, write the paginator by hand: lastRecord(…) in docs/jobs.md.`,
  )
}

function rest({ count }: AnsweredPage, scalars: readonly EnvelopeField[]): Paging {
  const more = scalars.find(saysMore)
  if (more) return { kind: 'unclear', why: `the answer says at "${more.path}" that there are more pages` }
  const total = scalars.find(
    ({ name, value }) => totalName.test(name) && typeof value === 'number' && value > count,
  )
  if (!total) return { kind: 'one-page' }
  const [all, here] = [Number(total.value).toLocaleString('en'), count.toLocaleString('en')]
  return { kind: 'unclear', why: `the answer has ${here} records of ${all} ("${total.path}")` }
}

function isToken(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number'
}
