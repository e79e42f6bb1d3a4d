import { createHmac } from 'node:crypto'
import * as z from 'zod'
import { parseOptions } from '../../options'
import { readBaseUrl } from '../rest/base-url'
import { ListedTime, parseListing } from './listing'
import { assertVersion, bytesOf, openAnswer, readAnswer } from './store-request'
import type { InputReference } from '../../inputs'
import type { SourceContext } from '../source'
import type { FileStore, FileStoreDefinition, StoredFile } from './file-store'

/** A shared access signature (its query, without `?`), or the name and key of the account. */
export type AzureCredential =
  { readonly sas: InputReference } | { readonly account: InputReference; readonly key: InputReference }

export interface AzureBlobOptions {
  /** The blob service of the account, such as `https://account.blob.core.windows.net`. */
  readonly endpoint: InputReference
  readonly container: string
  readonly credential: AzureCredential
}

const apiVersion = '2021-12-02'
const reference = z.object({ kind: z.string(), name: z.string() }, 'must be input(…) or secret(…)')
const Options = z.strictObject({
  endpoint: reference,
  container: z.string('must be a text').regex(/^[a-z0-9$][a-z0-9-]*$/, 'must be the name of a container'),
  credential: z.union(
    [z.strictObject({ sas: reference }), z.strictObject({ account: reference, key: reference })],
    'must be { sas } or { account, key }',
  ),
})

const Listing = z.object({
  Blobs: z.union([
    z.literal('').transform(() => []),
    z
      .object({
        Blob: z.array(
          z.object({
            Name: z.union([z.string(), z.object({ '#text': z.string() }).transform((name) => name['#text'])]),
            Properties: z.object({
              'Last-Modified': ListedTime,
              Etag: z.string(),
              'Content-Length': z.coerce.number().int(),
              ResourceType: z.string().optional(),
            }),
          }),
        ),
      })
      .transform(({ Blob }) => Blob),
  ]),
  NextMarker: z.string().default(''),
})

/**
 * A container of Azure Blob Storage, by its REST interface (List Blobs, Get Blob).
 * @see https://learn.microsoft.com/rest/api/storageservices/list-blobs
 */
export function azureBlob(options: AzureBlobOptions): FileStoreDefinition {
  const { faults } = parseOptions('azureBlob', Options, options)
  const { endpoint, credential } = options
  return {
    kind: 'azure-blob',
    inputs:
      faults.length > 0 ? [] : [endpoint, ...Object.values(credential as Record<string, InputReference>)],
    faults,
    open: (context) => openAzure(options, context),
  }
}

type Sign = (
  url: URL,
  headers: Readonly<Record<string, string>>,
) => {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

function openAzure({ endpoint, container, credential }: AzureBlobOptions, context: SourceContext): FileStore {
  const base = `${readBaseUrl(endpoint, context.inputs)}/${container}`
  const sign = signerOf(credential, context)

  async function pageOf(prefix: string, marker: string, signal: AbortSignal) {
    const url = new URL(base)
    const query = { restype: 'container', comp: 'list', prefix, marker, maxresults: '300' }
    for (const [name, value] of Object.entries(query)) if (value !== '') url.searchParams.set(name, value)
    const what = `the list of ${container}/${prefix}`
    const body = await readAnswer(context, () => Promise.resolve({ ...sign(url, {}), what, signal }))
    return parseListing(body, { root: 'EnumerationResults', list: 'Blobs.Blob', schema: Listing, what })
  }

  return {
    identity: base,
    async *list(prefix, signal) {
      let marker = ''
      do {
        const page = await pageOf(prefix, marker, signal)
        yield filesOf(page)
        marker = page.NextMarker
      } while (marker !== '')
    },
    async read({ name, version }, signal) {
      const what = `${container}/${name}`
      const url = new URL(`${base}/${name.split('/').map(encodeURIComponent).join('/')}`)
      const condition: Record<string, string> = version === null ? {} : { 'if-match': version }
      const { answer } = await openAnswer(context, () => ({ ...sign(url, condition), what, signal }))
      assertVersion(answer, version, what)
      return { bytes: bytesOf(answer, what), contentType: answer.headers['content-type'] ?? null }
    },
    close: () => Promise.resolve(),
  }
}

/** Accounts with folders list them as blobs. Listings write ETags without quotes. */
function filesOf({ Blobs }: z.output<typeof Listing>): StoredFile[] {
  return Blobs.filter(
    ({ Name, Properties }) => !Name.endsWith('/') && Properties.ResourceType !== 'directory',
  ).map(({ Name, Properties }) => ({
    name: Name,
    bytes: Properties['Content-Length'],
    modified: Properties['Last-Modified'],
    version: Properties.Etag.startsWith('"') ? Properties.Etag : `"${Properties.Etag}"`,
  }))
}

function signerOf(credential: AzureCredential, { inputs, clock }: SourceContext): Sign {
  if ('sas' in credential) {
    const sas = inputs(credential.sas).replace(/^\?/, '')
    return (url, headers) => ({
      url: `${url.href}${url.search === '' ? '?' : '&'}${sas}`,
      headers: { 'x-ms-version': apiVersion, ...headers },
    })
  }
  const account = inputs(credential.account)
  const key = Buffer.from(inputs(credential.key), 'base64')
  return (url, headers) => {
    const dated = { 'x-ms-date': new Date(clock.now()).toUTCString(), 'x-ms-version': apiVersion }
    const text = textToSign(url, account, dated, headers['if-match'] ?? '')
    const signature = createHmac('sha256', key).update(text, 'utf8').digest('base64')
    return {
      url: url.href,
      headers: { ...dated, ...headers, authorization: `SharedKey ${account}:${signature}` },
    }
  }
}

/** @see https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key */
function textToSign(
  url: URL,
  account: string,
  headers: Readonly<Record<string, string>>,
  ifMatch: string,
): string {
  // GET, eight empty standard headers up to If-Match, and three empty ones behind it.
  const standard = ['GET', '', '', '', '', '', '', '', ifMatch, '', '', '']
  const own = Object.entries(headers).map(([name, value]) => `${name}:${value}`)
  const query = [...url.searchParams]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value}`)
  return [...standard, ...own, [`/${account}${url.pathname}`, ...query].join('\n')].join('\n')
}
