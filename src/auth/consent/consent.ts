/** What one consent is bound to. Made by us, used once. */
export interface ConsentRequest {
  /** Comes back unchanged with the redirect. */
  readonly state: string
  /** Comes back inside of an ID token, where there is one. */
  readonly nonce: string
  /** PKCE secret; its SHA-256 goes out as the challenge. @see RFC 7636 */
  readonly codeVerifier: string
  readonly redirectUri: string
}

/** What the page at the end tells the person. */
export interface ConsentGranted {
  /** Who is linked now: an organisation, or a job's source. */
  readonly linked: string
  /** What is left to do, as a sentence. */
  readonly next: string
}

/** Uses the invitation up. @throws JobError `consent-invalid` where somebody else has been quicker */
export type UseInvitation = () => Promise<void>

/** One way to ask a person in the browser for access: send them there, judge what comes back, keep what was granted. */
export interface Consent {
  /** Who asks for what, for the pages. */
  readonly title: string
  /** Where the browser is sent. */
  authorizationUrl(request: ConsentRequest): Promise<string>
  /**
   * Judges the redirect, whose state has been found genuine, uses the invitation, and keeps what was granted.
   * @throws JobError `consent-declined` where the person or the server said no, `consent-invalid` where the redirect
   * cannot be trusted, `token-unavailable`
   */
  complete(redirect: URLSearchParams, request: ConsentRequest, use: UseInvitation): Promise<ConsentGranted>
}
