import { createHmac } from 'node:crypto'
import { withoutPersonalData } from '../personal-data'

export interface HashOptions {
  /** A secret of `inputs`: without it, the hash of a known address could be computed by others. */
  readonly salt: string
}

/**
 * A pseudonym of a value, 64 hexadecimal digits: HMAC-SHA-256 with the salt as its key. The same value and salt always
 * give the same pseudonym; an empty value stays empty, so that missing values do not become one person. Values are
 * hashed unchanged: make them lower case first where case does not matter.
 */
export function hashed(value: string, { salt }: HashOptions): string {
  return value === '' ? '' : createHmac('sha256', salt).update(value).digest('hex')
}

/** The text with what looks like an e-mail address or a phone number replaced by `[redacted]`. */
export function redacted(text: string): string {
  return withoutPersonalData(text)
}
