import { generateKeyPairSync } from 'node:crypto'
import { jwtVerify } from 'jose'
import { startEmulator } from '../../../../emulators/emulator'
import { googleServiceAccount } from '../../../../src/auth/oauth2'
import { systemClock } from '../../../../src/clock'
import { input, inputsFrom, secret } from '../../../../src/inputs'
import { awsSignature } from '../../../../src/sources/authentication/aws-signature'
import { restSource } from '../../../../src/sources/rest/rest-source'
import { errorThrownBy } from '../../../fixtures/error-of'
import { sourceContext } from '../../../fixtures/source-context'

const { signal } = new AbortController()

describe('awsSignature', () => {
  const options = {
    accessKeyId: input('AWS_ID'),
    secretAccessKey: secret('AWS_KEY'),
    region: 'us-east-1',
    service: 'service',
  }
  const inputs = inputsFrom({
    AWS_ID: 'AKIDEXAMPLE',
    AWS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    AWS_SESSION: 'canary-session',
  })
  const clock = { ...systemClock, now: () => Date.parse('2015-08-30T12:36:00Z') }
  const url = 'https://example.amazonaws.com/'

  /** From the test suite that AWS publishes for implementations: get-vanilla and its siblings. */
  it.each([
    ['GET', '', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    [
      'GET',
      '?Param2=value2&Param1=value1',
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    ['POST', '', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  ] as const)('signs %s /%s as AWS does', async (method, search, signature) => {
    const signer = awsSignature(options).open({ inputs, clock })

    const { headers, url: signed } = await signer.sign({ method, url: `${url}${search}` })

    expect(headers?.authorization).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    )
    expect(signed).toBe(`${url}${search}`)
  })

  it('signs the body, and the session of temporary credentials', async () => {
    const signer = awsSignature({ ...options, sessionToken: secret('AWS_SESSION') }).open({ inputs, clock })
    const sign = async (body: string) => (await signer.sign({ method: 'POST', url, body })).headers

    expect((await sign('a'))?.authorization).not.toBe((await sign('b'))?.authorization)
    expect(await sign('a')).toMatchObject({
      'x-amz-security-token': 'canary-session',
      authorization: expect.stringContaining('SignedHeaders=host;x-amz-date;x-amz-security-token') as string,
    })
  })

  it.each([
    [{ region: '' }, '"region" must not be empty'],
    [{ secretAccessKey: input('AWS_KEY') }, '"secretAccessKey" must be secret(…)'],
  ])('refuses %j', (change, fault) => {
    expect(awsSignature({ ...options, ...change }).faults).toEqual([`awsSignature: ${fault}`])
  })
})

describe('googleServiceAccount', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const account = googleServiceAccount({
    ...{ key: secret('GOOGLE_KEY'), scope: ['scope/a', 'scope/b'], subject: 'jane@example.com' },
  })

  it('exchanges a signed assertion for a token, and a new one after a 401', async () => {
    const assertions: string[] = []
    const server = await startEmulator(({ url, body, headers }) => {
      if (url === '/token') {
        const form = new URLSearchParams(body.toString())
        expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
        assertions.push(form.get('assertion') ?? '')
        return { status: 200, body: { access_token: `token-${assertions.length}`, expires_in: 3600 } }
      }
      return headers.authorization === 'Bearer token-2' ? { status: 200, body: [{ id: 1 }] } : { status: 401 }
    })
    const key = { client_email: 'app@example.iam', private_key: pem, private_key_id: 'k1' }
    const inputs = {
      API_BASE_URL: server.url,
      GOOGLE_KEY: JSON.stringify({ ...key, token_uri: `${server.url}/token` }),
    }
    const learnt: string[] = []
    const source = restSource({
      ...{ baseUrl: input('API_BASE_URL'), path: '/v1', records: '', authentication: account },
    }).open(sourceContext({ inputs, learn: (token) => learnt.push(token) }))

    for await (const page of source.read({ mode: 'full-refresh', signal })) {
      expect(page.records).toHaveLength(1)
    }

    const verified = await jwtVerify(assertions[1] ?? '', publicKey, {
      ...{ algorithms: ['RS256'], issuer: 'app@example.iam', audience: `${server.url}/token` },
      maxTokenAge: '1 minute',
    })
    expect(verified.payload).toMatchObject({ scope: 'scope/a scope/b', sub: 'jane@example.com' })
    expect(verified.protectedHeader.kid).toBe('k1')
    expect(learnt).toEqual(['token-1', 'token-2'])
    await server.stop()
  })

  it.each(['canary-no-json', '{"client_email":"canary"}', '{"client_email":"a","private_key":"canary"}'])(
    'refuses the key file %s without repeating it',
    (file) => {
      const error = errorThrownBy(() => account.open(sourceContext({ inputs: { GOOGLE_KEY: file } })))

      expect(error).toMatchObject({ code: 'input-invalid', details: { input: 'GOOGLE_KEY' } })
      expect(JSON.stringify([error.message, error.remedy])).not.toContain('canary')
    },
  )

  it('refuses options without a scope, or with a key in the code', () => {
    expect(googleServiceAccount({ key: secret('K'), scope: [] }).faults).toEqual([
      'googleServiceAccount: "scope" must name a scope',
    ])
    expect(googleServiceAccount({ key: 'canary' as never, scope: ['a'] }).faults).toEqual([
      'googleServiceAccount: "key" must be secret(…)',
    ])
  })
})
