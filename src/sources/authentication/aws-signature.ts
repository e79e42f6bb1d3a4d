import * as z from 'zod'
import { parseOptions } from '../../options'
import { InputOption, SecretOption } from './secret-option'
import type { InputReference } from '../../inputs'
import type { RequestAuthentication, Unsigned } from './request-authentication'

export interface AwsSignature {
  readonly accessKeyId: InputReference
  /** `secret('…')`. */
  readonly secretAccessKey: InputReference
  /** `secret('…')`, for temporary credentials. */
  readonly sessionToken?: InputReference
  /** Such as `eu-central-1`. */
  readonly region: string
  /** Such as `execute-api` or `s3`. */
  readonly service: string
}

const name = z.string('must be a text').min(1, 'must not be empty')
const Options = z.strictObject({
  accessKeyId: InputOption,
  secretAccessKey: SecretOption,
  sessionToken: SecretOption.optional(),
  region: name,
  service: name,
})

/**
 * AWS Signature Version 4 in the header `Authorization`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function awsSignature(options: AwsSignature): RequestAuthentication {
  const { accessKeyId, secretAccessKey, sessionToken, region, service } = options
  return {
    kind: 'request',
    inputs: [accessKeyId, secretAccessKey, ...(sessionToken ? [sessionToken] : [])],
    faults: parseOptions('awsSignature', Options, options).faults,
    open({ inputs, clock }) {
      const credentials = {
        accessKeyId: inputs(accessKeyId),
        secretAccessKey: inputs(secretAccessKey),
        ...(sessionToken ? { sessionToken: inputs(sessionToken) } : {}),
      }
      // Keys that were derived for a day and region.
      const cache = new Map<string, ArrayBuffer>()

      async function sign(request: Unsigned): Promise<Unsigned> {
        // Loaded only by jobs that sign.
        const { AwsV4Signer } = await import('aws4fetch')
        const { method, url, body, headers = {} } = request
        const datetime = new Date(clock.now()).toISOString().replace(/[:-]|\.\d{3}/g, '')
        const signer = new AwsV4Signer({
          ...{ method, url, headers, datetime, region, service, cache, ...credentials },
          ...(body === undefined ? {} : { body: Buffer.from(body) }),
        })
        const signed = await signer.sign()
        const signedHeaders: Record<string, string> = {}
        signed.headers.forEach((value, name) => (signedHeaders[name] = value))
        return { ...request, url: signed.url.href, headers: signedHeaders }
      }

      return { sign, renew: () => Promise.resolve(false) }
    },
  }
}
