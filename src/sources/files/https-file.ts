import { createHash } from 'node:crypto'
import * as z from 'zod'
import { JobError } from '../../errors'
import { reachOf } from '../../http/address-guard'
import { parseOptions } from '../../options'
import { bytesOf, changed, malformed, openAnswer, refused } from './store-request'
import type { DownloadResponse } from '../../http/http-download'
import type { InputReference } from '../../inputs'
import type { SourceContext } from '../source'
import type { FileStore, FileStoreDefinition, StoredFile } from './file-store'

export interface HttpsFileOptions {
  /** The whole URL; `secret(…)` where it alone gives access, such as the one of a published sheet. */
  readonly url: InputReference
}

const maxRedirects = 5
const Options = z.strictObject({
  url: z.object({ kind: z.string(), name: z.string() }, 'must be input(…) or secret(…)'),
})

/** A single file at a URL; redirects are followed over https. */
export function httpsFile(options: HttpsFileOptions): FileStoreDefinition {
  const { faults } = parseOptions('httpsFile', Options, options)
  return {
    kind: 'https',
    inputs: faults.length > 0 ? [] : [options.url],
    faults,
    open: (context) => openHttpsFile(options, context),
  }
}

function openHttpsFile({ url: reference }: HttpsFileOptions, context: SourceContext): FileStore {
  const url = readUrl(reference, context)
  const isSecret = reference.kind === 'secret'
  const name = isSecret ? reference.name : (url.pathname.split('/').at(-1) ?? '')
  const what = isSecret ? `the URL in ${reference.name}` : `${url.origin}${url.pathname}`
  const digest = createHash('sha256').update(url.href).digest('hex').slice(0, 16)
  /** Listing requests the file, and keeps the answer for the read that follows. */
  let opened: { readonly file: StoredFile; readonly answer: DownloadResponse } | null = null

  async function open(signal: AbortSignal) {
    const answer = await follow(url, context, what, signal)
    if (answer.status !== 200) throw refused(answer, what)
    const { headers } = answer
    const modified = Date.parse(headers['last-modified'] ?? '')
    const length = headers['content-encoding'] === undefined ? Number(headers['content-length'] ?? NaN) : NaN
    const file: StoredFile = {
      name,
      bytes: Number.isInteger(length) ? length : null,
      modified: Number.isFinite(modified) ? modified : null,
      version: headers.etag ?? headers['last-modified'] ?? null,
    }
    opened = { file, answer }
    return opened
  }

  return {
    identity: isSecret ? `${url.origin}#${digest}` : `${url.origin}${url.pathname}#${digest}`,
    async *list(prefix, signal) {
      opened?.answer.discard()
      const { file } = await open(signal)
      if (name.startsWith(prefix)) yield [file]
    },
    async read(file, signal) {
      const { file: current, answer } = opened ?? (await open(signal))
      opened = null
      if (current.version !== file.version) {
        answer.discard()
        throw changed(what)
      }
      return { bytes: bytesOf(answer, what), contentType: answer.headers['content-type'] ?? null }
    },
    close() {
      opened?.answer.discard()
      opened = null
      return Promise.resolve()
    },
  }
}

async function follow(
  start: URL,
  context: SourceContext,
  what: string,
  signal: AbortSignal,
): Promise<DownloadResponse> {
  let url = start
  for (let hops = 0; ; hops += 1) {
    const { href } = url
    const reach = reachOf(href, start.href)
    const request = { url: href, headers: {}, what, raw: false, reach, signal }
    const { answer } = await openAnswer(context, () => request)
    const { location } = answer.headers
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer
    answer.discard()
    if (hops === maxRedirects) throw malformed(what, `redirects more than ${maxRedirects} times`)
    const next = URL.canParse(location, href) ? new URL(location, url) : null
    // A redirect is untrusted: it must not lead to plain http, or to a private address (SSRF).
    if (!next || (next.protocol !== 'https:' && next.origin !== start.origin)) {
      throw malformed(what, 'redirects to something else than an https URL')
    }
    url = next
  }
}

function readUrl(reference: InputReference, { inputs }: SourceContext): URL {
  const text = inputs(reference)
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && /^https?:$/.test(url.protocol)) return url
  throw new JobError(
    'input-invalid',
    `The input ${reference.name} is not an http(s) URL.`,
    `Set ${reference.name} to the whole URL of the file, and deploy again.`,
    { details: { input: reference.name } },
  )
}
