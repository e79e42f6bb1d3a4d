/** An OAuth Server-to-Server credential of the Developer Console. */
export interface ServerToServerCredential {
  readonly clientId: string
  /** Two during a rotation: if the first is refused, the next is tried. */
  readonly clientSecrets: readonly string[]
  readonly orgId: string
  readonly scopes: readonly string[]
}

/** An Enterprise Web App credential. It serves every customer organisation whose admin consented. */
export interface EnterpriseWebAppCredential {
  readonly clientId: string
  readonly clientSecret: string
  readonly scopes: readonly string[]
}

/** A Service Account (JWT) credential. Adobe switched off the last of them on 2026-03-01. */
export interface JwtCredential {
  readonly clientId: string
  readonly clientSecret: string
  readonly technicalAccountId: string
  readonly orgId: string
  /** Names or full URLs. */
  readonly metascopes: readonly string[]
  /** PEM, PKCS #8 or PKCS #1. */
  readonly privateKey: string
}

/** A credential that is not configured, with its missing inputs. */
export interface Missing {
  readonly missing: readonly string[]
}

export interface ImsCredentials {
  readonly serverToServer: ServerToServerCredential | Missing
  readonly enterpriseWebApp: EnterpriseWebAppCredential | Missing
  readonly jwt: JwtCredential | Missing
}
