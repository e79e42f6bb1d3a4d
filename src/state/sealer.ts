import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const algorithm = 'aes-256-gcm'
const version = 'v1'
const nonceBytes = 12
const tagBytes = 16

/** Authenticated encryption of values that must not be stored in plain text. */
export interface Sealer {
  /** @param purpose associated data (AAD): a value that was sealed for one purpose does not open for another. */
  seal(text: string, purpose: string): string
  /** Null where none of the keys has sealed it for this purpose, or it has been changed since. */
  open(sealed: string, purpose: string): string | null
}

/**
 * AES-256-GCM with a random nonce per value.
 * @see NIST SP 800-38D
 * @param key 32 bytes
 * @param older keys that open, but no longer seal, so that a key can be rotated
 */
export function createSealer(key: Buffer, ...older: readonly Buffer[]): Sealer {
  return {
    seal(text, purpose) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(purpose))
      const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return `${version}.${Buffer.concat([nonce, cipher.getAuthTag(), encrypted]).toString('base64url')}`
    },
    open(sealed, purpose) {
      const bytes = Buffer.from(sealed.slice(version.length + 1), 'base64url')
      // Canonical Base64url only: the decoder skips characters that it does not know.
      if (sealed !== `${version}.${bytes.toString('base64url')}`) return null
      if (bytes.length < nonceBytes + tagBytes) return null
      for (const candidate of [key, ...older]) {
        const text = openWith(candidate, bytes, purpose)
        if (text !== null) return text
      }
      return null
    },
  }
}

function openWith(key: Buffer, bytes: Buffer, purpose: string): string | null {
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes))
  decipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
  try {
    const opened = decipher.update(bytes.subarray(nonceBytes + tagBytes))
    return Buffer.concat([opened, decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}
