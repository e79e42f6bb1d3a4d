/** A credential of the Developer Console. */
export interface RegisteredCredential {
  readonly clientId: string
  readonly secrets: readonly string[]
  readonly orgId: string
  readonly scopes: readonly string[]
  readonly technicalAccountId: string
  /** PEM of the key whose certificate was uploaded, for JWT credentials. */
  readonly publicKey?: string
  readonly metascopes?: readonly string[]
  /** Present for an Enterprise Web App: a partner's credential that serves every organisation whose admin consented. */
  readonly redirectUris?: readonly string[]
}

/** A user and the organisations that the user belongs to. */
export interface RegisteredUser {
  readonly userId: string
  /** `X@AdobeOrg` */
  readonly orgIds: readonly string[]
  /** Their product profiles and roles in each organisation. */
  readonly profile?: Readonly<Record<string, Membership>>
}

export interface Membership {
  readonly productProfiles?: readonly { readonly id: string; readonly name: string }[]
  readonly roles?: readonly string[]
}

/** The registered credentials, users and consents. */
export interface Directory {
  readonly credentials: Map<string, RegisteredCredential>
  readonly users: Map<string, RegisteredUser>
  /** Organisations whose admin consented, by client id. */
  readonly consents: Map<string, Set<string>>
}

export function createDirectory(): Directory {
  return { credentials: new Map(), users: new Map(), consents: new Map() }
}

/** The organisations of a user or of a technical account. */
export function orgIdsOf({ credentials, users }: Directory, userId: string): readonly string[] {
  const own = [...credentials.values()].filter((credential) => credential.technicalAccountId === userId)
  return users.get(userId)?.orgIds ?? own.map(({ orgId }) => orgId)
}
