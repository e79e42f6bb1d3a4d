import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import type { JsonWebKey } from 'node:crypto'

/** Makes and checks JWTs with a key of its own. */
export interface Signer {
  readonly kid: string
  /** The public half, as PEM: what an attacker could sign with as if it were a shared secret. */
  readonly publicKey: string
  sign(header: object, claims: object): string
  /** The claims, where the signature is this key's; null otherwise. */
  verify(token: string): unknown
  jwk(): JsonWebKey
}

export function createSigner(kid: string): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return {
    kid,
    publicKey,
    sign(header, claims) {
      const signed = `${encode(header)}.${encode(claims)}`
      return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
    },
    verify: (token) => (isSignedBy(token, publicKey) ? claimsOf(token) : null),
    jwk: () => ({
      ...createPublicKey(publicKey).export({ format: 'jwk' }),
      kid,
      use: 'sig',
      alg: 'RS256',
    }),
  }
}

/** RS256. */
export function isSignedBy(token: string, publicKey: string): boolean {
  const [head = '', body = '', signature = ''] = token.split('.')
  return verify('sha256', Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, 'base64url'))
}

/** Unverified; null where it cannot be decoded. */
export function claimsOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  } catch {
    return null
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
