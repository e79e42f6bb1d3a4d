/** Random values that bind one consent to its browser and its redirect. */
export interface ConsentRequest {
  /** Returned unchanged with the redirect. */
  readonly state: string
  /** Returned inside the ID token, if there is one. */
  readonly nonce: string
  /** PKCE secret; its SHA-256 is sent as the challenge. @see RFC 7636 */
  readonly codeVerifier: string
  readonly redirectUri: string
}

/** The content of the page after a consent. */
export interface ConsentGranted {
  /** The linked organisation, or the job's source. */
  readonly linked: string
  /** The remaining steps, as a sentence. */
  readonly next: string
}

/** Marks the invitation as used. @throws JobError `consent-invalid` if it was used in the meantime */
export type UseInvitation = () => Promise<void>

/** One kind of consent in the browser: redirects to the authorization server, verifies the answer, stores the grant. */
export interface Consent {
  /** Name of the linked service on the pages. */
  readonly title: string
  /** The URL of the authorization server for this request. */
  authorizationUrl(request: ConsentRequest): Promise<string>
  /**
   * Verifies the redirect, whose state the caller has verified, uses the invitation, and stores the grant.
   * @throws JobError `consent-declined` if the user or the server refused, `consent-invalid` if the redirect is not
   * authentic, `token-unavailable`
   */
  complete(redirect: URLSearchParams, request: ConsentRequest, use: UseInvitation): Promise<ConsentGranted>
}
