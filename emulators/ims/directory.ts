/** A credential as the Developer Console would hold it. */
export interface RegisteredCredential {
  readonly clientId: string
  readonly secrets: readonly string[]
  readonly orgId: string
  readonly scopes: readonly string[]
  readonly technicalAccountId: string
  /** PEM of the key whose certificate was uploaded, for JWT credentials. */
  readonly publicKey?: string
  readonly metascopes?: readonly string[]
  /** Enterprise Web App: a partner's credential, good for every organisation whose admin consented. */
  readonly redirectUris?: readonly string[]
}

/** A person, and the organisations they belong to. */
export interface RegisteredUser {
  readonly userId: string
  /** `X@AdobeOrg` */
  readonly orgIds: readonly string[]
}

/** Who and what this IMS knows. */
export interface Directory {
  readonly credentials: Map<string, RegisteredCredential>
  readonly users: Map<string, RegisteredUser>
  /** Organisations whose admin consented, by client id. */
  readonly consents: Map<string, Set<string>>
}

export function createDirectory(): Directory {
  return { credentials: new Map(), users: new Map(), consents: new Map() }
}

/** The organisations of a person or of a technical account. */
export function orgIdsOf({ credentials, users }: Directory, userId: string): readonly string[] {
  const own = [...credentials.values()].filter((credential) => credential.technicalAccountId === userId)
  return users.get(userId)?.orgIds ?? own.map(({ orgId }) => orgId)
}
