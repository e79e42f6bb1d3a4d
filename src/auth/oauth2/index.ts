/** OAuth 2 for sources. Other folders import this file only; what it does not export is internal. */
export { clientCredentials } from './client-credentials'
export { destinationSdkOAuth2 } from './destination-sdk'
export { openGrantStore } from './grant-store'
export type { Authentication, AuthenticationContext } from './authentication'
export type { ClientCredentials } from './client-credentials'
export type { DestinationSdkOAuth2 } from './destination-sdk'
export type { GrantStore } from './grant-store'
