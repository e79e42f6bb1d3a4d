import { JobError } from '../../errors'
import { createSealer } from '../../state/sealer'
import type { Sealer } from '../../state/sealer'

const keyBytes = 32

/**
 * What seals tokens in stores: `TOKEN_ENCRYPTION_KEY`, 32 bytes in base64. Null where it is not set: then tokens stay
 * in memory.
 * @throws JobError `input-invalid`
 */
export function readSealer({ TOKEN_ENCRYPTION_KEY: text }: Readonly<Record<string, unknown>>): Sealer | null {
  if (text === undefined || text === '') return null
  const key = typeof text === 'string' ? Buffer.from(text, 'base64') : Buffer.alloc(0)
  if (key.length === keyBytes) return createSealer(key)
  throw new JobError(
    'input-invalid',
    `TOKEN_ENCRYPTION_KEY is not ${keyBytes} bytes in base64.`,
    `Make one with \`openssl rand -base64 ${keyBytes}\`, set it in .env and deploy again.`,
    { details: { input: 'TOKEN_ENCRYPTION_KEY' } },
  )
}

/** @throws JobError `input-missing`, `input-invalid` */
export function requireSealer(params: Readonly<Record<string, unknown>>): Sealer {
  const sealer = readSealer(params)
  if (sealer) return sealer
  throw new JobError(
    'input-missing',
    'The input TOKEN_ENCRYPTION_KEY is not set, and consents are not kept in the clear.',
    `Make one with \`openssl rand -base64 ${keyBytes}\`, set it in .env and deploy again.`,
    { details: { input: 'TOKEN_ENCRYPTION_KEY' } },
  )
}
