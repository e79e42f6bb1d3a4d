import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import type { JsonWebKey } from 'node:crypto'
import type { Memory } from '../memory'

/** Signs and verifies JWTs with one key pair, generated when it is first needed. */
export interface Signer {
  readonly kid: string
  /** The public key as PEM. An HS256 token that is signed with it is a key-confusion attack. */
  readonly publicKey: string
  sign(header: object, claims: object): string
  /** The claims; null unless this key signed the token. */
  verify(token: string): unknown
  jwk(): JsonWebKey
  /** The key pair, once it was needed. */
  readonly memory: Memory
}

export function createSigner(kid: string): Signer {
  const pairs: KeyPair[] = []
  function keys(): KeyPair {
    const [pair = generateKeys()] = pairs
    pairs[0] = pair
    return pair
  }
  return {
    kid,
    memory: { pairs },
    get publicKey() {
      return keys().publicKey
    },
    sign(header, claims) {
      const signed = `${encode(header)}.${encode(claims)}`
      return `${signed}.${sign('sha256', Buffer.from(signed), keys().privateKey).toString('base64url')}`
    },
    verify: (token) => (isSignedBy(token, keys().publicKey) ? claimsOf(token) : null),
    jwk: () => ({
      ...createPublicKey(keys().publicKey).export({ format: 'jwk' }),
      kid,
      use: 'sig',
      alg: 'RS256',
    }),
  }
}

type KeyPair = ReturnType<typeof generateKeys>

function generateKeys() {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}

/** Verifies an RS256 signature. */
export function isSignedBy(token: string, publicKey: string): boolean {
  const [head = '', body = '', signature = ''] = token.split('.')
  return verify('sha256', Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, 'base64url'))
}

/** The claims, without verification; null if they cannot be decoded. */
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
