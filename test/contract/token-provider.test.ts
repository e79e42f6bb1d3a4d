import { generateKeyPairSync } from 'node:crypto'
import { startIms } from '../../emulators/ims/ims'
import { partnerClient, startPartnerApi } from '../../emulators/partner-api/partner-api'
import { fromEnterpriseWebApp } from '../../src/auth/ims/from-enterprise-web-app'
import { fromJwt } from '../../src/auth/ims/from-jwt'
import { fromOAuthServerToServer } from '../../src/auth/ims/from-oauth-server-to-server'
import { clientCredentials } from '../../src/auth/oauth2'
import { input, inputsFrom, secret } from '../../src/inputs'
import { silentLog } from '../../src/log'
import { describeTokenProvider } from './token-provider.contract'

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const orgId = '8C6767C25245AD1A0A490D4C@AdobeOrg'
const customer = 'AAAABBBBCCCCDDDD0A495C14@AdobeOrg'
const metascope = 'ent_analytics_bulk_ingest_sdk'

const registered = {
  clientId: 'client',
  secrets: ['canary-secret'],
  orgId,
  scopes: ['openid'],
  technicalAccountId: 'ABC@techacct.adobe.com',
}
const serverToServer = { clientId: 'client', clientSecrets: ['canary-secret'], orgId, scopes: ['openid'] }
const enterprise = { clientId: 'client', clientSecret: 'canary-secret', scopes: ['openid'] }
const jwt = {
  clientId: 'client',
  clientSecret: 'canary-secret',
  technicalAccountId: registered.technicalAccountId,
  orgId,
  metascopes: [metascope],
  privateKey,
}

describeTokenProvider('OAuth Server-to-Server', async () => {
  const ims = await startIms()
  ims.register(registered)
  return {
    authority: ims,
    provider: (context) => fromOAuthServerToServer(serverToServer, { ...context, baseUrl: ims.url }),
    refused: (context) =>
      fromOAuthServerToServer(
        { ...serverToServer, clientSecrets: ['canary-wrong'] },
        { ...context, baseUrl: ims.url },
      ),
    stop: () => ims.stop(),
  }
})

describeTokenProvider('Enterprise Web App', async () => {
  const ims = await startIms()
  ims.register({ ...registered, redirectUris: ['https://app.example/callback'] })
  ims.consents.set('client', new Set([customer]))
  return {
    authority: ims,
    provider: (context) => fromEnterpriseWebApp(enterprise, customer, { ...context, baseUrl: ims.url }),
    refused: (context) =>
      fromEnterpriseWebApp({ ...enterprise, clientSecret: 'canary-wrong' }, customer, {
        ...context,
        baseUrl: ims.url,
      }),
    stop: () => ims.stop(),
  }
})

describeTokenProvider('Service Account (JWT)', async () => {
  const ims = await startIms()
  ims.jwtAlive = true
  ims.register({ ...registered, publicKey, metascopes: [metascope] })
  return {
    authority: ims,
    // The clock of the JWT is the context's: IMS must not find it expired.
    provider: (context) => fromJwt(jwt, { ...context, baseUrl: ims.url }, silentLog),
    refused: (context) =>
      fromJwt({ ...jwt, clientSecret: 'canary-wrong' }, { ...context, baseUrl: ims.url }, silentLog),
    stop: () => ims.stop(),
  }
})

describeTokenProvider('OAuth 2 client credentials', async () => {
  const partner = await startPartnerApi({ flights: [] })
  const { open } = clientCredentials({
    tokenUrl: { base: input('BASE'), path: '/oauth/token' },
    clientId: input('ID'),
    clientSecret: secret('SECRET'),
  })
  const inputs = (value: string) => inputsFrom({ BASE: partner.url, ID: partnerClient.id, SECRET: value })
  return {
    authority: partner,
    provider: (context) => open({ ...context, inputs: inputs(partnerClient.secret) }),
    refused: (context) => open({ ...context, inputs: inputs('canary-wrong') }),
    stop: () => partner.stop(),
  }
})
