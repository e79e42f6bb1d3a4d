import * as z from 'zod'
import { parseOptions } from '../../options'
import { readBaseUrl } from '../rest/base-url'
import { ListedTime, parseListing } from './listing'
import { assertVersion, bytesOf, malformed, openAnswer, readAnswer } from './store-request'
import type { InputReference } from '../../inputs'
import type { SourceContext } from '../source'
import type { FileStore, FileStoreDefinition, StoredFile } from './file-store'

export interface S3Options {
  /** Scheme and host of the region, such as `https://s3.eu-central-1.amazonaws.com`, or of a compatible server. */
  readonly endpoint: InputReference
  readonly bucket: string
  /** Default `us-east-1`. */
  readonly region?: string
  readonly accessKeyId: InputReference
  readonly secretAccessKey: InputReference
  /** For temporary credentials. */
  readonly sessionToken?: InputReference
  /** `virtual-host`: the bucket is part of the host name; `path`: of the path. Default `virtual-host`. */
  readonly addressing?: 'virtual-host' | 'path'
}

const reference = z.object({ kind: z.string(), name: z.string() }, 'must be input(…) or secret(…)')
const Options = z.strictObject({
  endpoint: reference,
  bucket: z
    .string('must be a text')
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket'),
  region: z
    .string('must be a text')
    .regex(/^[a-z0-9-]+$/, 'must be a region such as eu-central-1')
    .optional(),
  accessKeyId: reference,
  secretAccessKey: reference,
  sessionToken: reference.optional(),
  addressing: z.enum(['virtual-host', 'path'], 'must be "virtual-host" or "path"').optional(),
})

/** A listing of 300 keys of 1,024 bytes, percent-encoded, is 1 MB. */
const keysPerPage = '300'

const Listing = z.object({
  EncodingType: z.string().optional(),
  IsTruncated: z.enum(['true', 'false']),
  NextContinuationToken: z.string().optional(),
  Contents: z
    .array(
      z.object({
        Key: z.string(),
        LastModified: ListedTime,
        ETag: z.string(),
        Size: z.coerce.number().int(),
      }),
    )
    .default([]),
})

/**
 * A bucket of Amazon S3 or a compatible store, by its REST interface (ListObjectsV2, GetObject) with Signature Version 4.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function s3(options: S3Options): FileStoreDefinition {
  const { faults } = parseOptions('s3', Options, options)
  const { endpoint, accessKeyId, secretAccessKey, sessionToken } = options
  const inputs = [endpoint, accessKeyId, secretAccessKey, ...(sessionToken ? [sessionToken] : [])]
  return {
    kind: 's3',
    inputs: faults.length > 0 ? [] : inputs,
    faults,
    open: (context) => openS3(options, context),
  }
}

function openS3(options: S3Options, context: SourceContext): FileStore {
  const { bucket } = options
  const base = bucketUrl(options, context)
  const sign = signerOf(options, context)

  async function pageOf(prefix: string, token: string | undefined, signal: AbortSignal) {
    const query = new URLSearchParams({
      'list-type': '2',
      'encoding-type': 'url',
      'max-keys': keysPerPage,
      prefix,
    })
    if (token !== undefined) query.set('continuation-token', token)
    const what = `the list of ${bucket}/${prefix}`
    const url = `${base}/?${query.toString().replaceAll('+', '%20')}`
    const body = await readAnswer(context, async () => ({ url, headers: await sign(url, {}), what, signal }))
    return parseListing(body, { root: 'ListBucketResult', list: 'Contents', schema: Listing, what })
  }

  return {
    identity: base,
    async *list(prefix, signal) {
      let token: string | undefined
      do {
        const page = await pageOf(prefix, token, signal)
        yield filesOf(page)
        token = page.IsTruncated === 'true' ? nextToken(page, `the list of ${bucket}/${prefix}`) : undefined
      } while (token !== undefined)
    },
    async read({ name, version }, signal) {
      const what = `${bucket}/${name}`
      const url = `${base}/${name.split('/').map(encodeURIComponent).join('/')}`
      const condition = version === null ? {} : { 'if-match': version }
      const { answer } = await openAnswer(context, async () => ({
        ...{ url, headers: await sign(url, condition), what, signal },
      }))
      assertVersion(answer, version, what)
      return { bytes: bytesOf(answer, what), contentType: answer.headers['content-type'] ?? null }
    },
    close: () => Promise.resolve(),
  }
}

/** A server that knows only the first version of the list sends none: the files of later pages would look as if gone. */
function nextToken({ NextContinuationToken }: z.output<typeof Listing>, what: string): string {
  if (NextContinuationToken !== undefined && NextContinuationToken !== '') return NextContinuationToken
  throw malformed(what, 'goes on, and has no token for its next page (ListObjectsV2)')
}

function filesOf({ EncodingType, Contents }: z.output<typeof Listing>): StoredFile[] {
  const nameOf = (key: string) =>
    EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key
  return Contents.filter(({ Key }) => !Key.endsWith('/')).map(({ Key, LastModified, ETag, Size }) => ({
    name: nameOf(Key),
    bytes: Size,
    modified: LastModified,
    version: ETag,
  }))
}

function bucketUrl(
  { endpoint, bucket, addressing = 'virtual-host' }: S3Options,
  context: SourceContext,
): string {
  const base = readBaseUrl(endpoint, context.inputs)
  return addressing === 'path' ? `${base}/${bucket}` : base.replace('://', `://${bucket}.`)
}

/** Signs a GET; the condition is not part of the signature. */
function signerOf(options: S3Options, { inputs, clock }: SourceContext) {
  const { region = 'us-east-1', accessKeyId, secretAccessKey, sessionToken } = options
  const credential = {
    accessKeyId: inputs(accessKeyId),
    secretAccessKey: inputs(secretAccessKey),
    ...(sessionToken ? { sessionToken: inputs(sessionToken) } : {}),
  }
  return async function sign(url: string, headers: Readonly<Record<string, string>>) {
    // Loaded by jobs that sign.
    const { AwsV4Signer } = await import('aws4fetch')
    const datetime = new Date(clock.now()).toISOString().replace(/[:-]|\.\d{3}/g, '')
    const signed = await new AwsV4Signer({
      method: 'GET',
      url,
      ...credential,
      service: 's3',
      region,
      datetime,
    }).sign()
    return { ...Object.fromEntries(signed.headers), ...headers }
  }
}
