/** A credential that mints service tokens. */
export interface CredentialStatus {
  readonly kind: 'OAuth Server-to-Server' | 'Enterprise Web App' | 'Service Account (JWT)'
  readonly clientId: string
  /** The end of its validity, which may have passed; null where it does not expire. */
  readonly endsAt: string | null
}

/** Adobe ended every credential of this kind then, or with its certificate before. */
const endOfJwt = '2026-03-01T00:00:00.000Z'

const kinds = [
  { name: 'IMS_OAUTH_S2S_CLIENT_ID', kind: 'OAuth Server-to-Server', endsAt: null },
  { name: 'IMS_ADMIN_CLIENT_ID', kind: 'Enterprise Web App', endsAt: null },
  { name: 'JWT_CLIENT_ID', kind: 'Service Account (JWT)', endsAt: endOfJwt },
] as const

/** The credentials whose client ids are inputs of this action; it has no secret of them, and no token. */
export function credentialsOf(params: Readonly<Record<string, unknown>>): readonly CredentialStatus[] {
  return kinds.flatMap(({ name, kind, endsAt }) => {
    const clientId = params[name]
    return typeof clientId === 'string' && clientId !== '' ? [{ kind, clientId, endsAt }] : []
  })
}
