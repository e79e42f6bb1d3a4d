/** The claims of a token that IMS accepts; null for any other. */
export type VerifyToken = (token: string) => object | null

/** The action that App Builder's deploy code puts before an action with `require-adobe-auth`. */
export const validatorName = '/adobeio/shared-validators-v1/headless-v2'

/**
 * Adobe's validator action: passes the params on if they contain a valid token, and fails with 401 otherwise.
 * @see https://developer.adobe.com/app-builder/docs/guides/app_builder_guides/security/
 */
export function adobeAuthValidator(verify: VerifyToken) {
  return function validate(params: Readonly<Record<string, unknown>>): object {
    const { authorization = '' } = params.__ow_headers as Partial<Record<string, string>>
    const [, token] = /^Bearer (.+)$/i.exec(authorization) ?? []
    if (token !== undefined && verify(token)) return params
    const error =
      'request is invalid, failed authorization. Please use a valid JWT or user access token for this headless application.'
    return { error: { statusCode: 401, body: { error } } }
  }
}
