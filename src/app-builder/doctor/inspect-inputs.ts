import { createPrivateKey } from 'node:crypto'
import { JobError } from '../../errors'
import { readWebhook } from '../params/alert-params'
import { toPem } from '../params/credential-params'
import { readSealer } from '../params/encryption-key'
import { readServiceUrls, readSettings } from '../params/parse-inputs'
import type { Job } from '../../definition/job'
import type { Finding } from './finding'

type Inputs = Readonly<Record<string, string>>
/** Returns the fault of a value as the end of a sentence, or null. It never quotes the value. */
type Check = (value: string) => string | null

const orgId: Check = (value) =>
  /^[0-9A-F]{24}@AdobeOrg$/i.test(value) ? null : 'is not of the form 1234567890ABCDEF12345678@AdobeOrg'
const clientId: Check = (value) => (/^[\w.-]+$/.test(value) ? null : 'has characters that no client id has')
const list: Check = (value) =>
  /^\s*\[.*\]\s*$/s.test(value) || /^[\w.,: /-]+$/.test(value) ? null : 'is neither a list nor a JSON array'
const technicalAccount: Check = (value) =>
  value.endsWith('@techacct.adobe.com') ? null : 'does not end with @techacct.adobe.com'
const secret: Check = (value) => (/\s/.test(value.trim()) ? 'has blanks within' : null)

function privateKey(value: string): string | null {
  try {
    createPrivateKey(toPem(value))
    return null
  } catch {
    return 'is no private key; it takes the base64 of the PEM file (base64 -w0 private.key)'
  }
}

interface CredentialInputs {
  readonly subject: string
  readonly inputs: Readonly<Record<string, Check>>
}

const credentials: readonly CredentialInputs[] = [
  {
    subject: 'OAuth Server-to-Server',
    inputs: {
      IMS_OAUTH_S2S_CLIENT_ID: clientId,
      IMS_OAUTH_S2S_CLIENT_SECRET: secret,
      IMS_OAUTH_S2S_ORG_ID: orgId,
      IMS_OAUTH_S2S_SCOPES: list,
    },
  },
  {
    subject: 'Enterprise Web App',
    inputs: { IMS_ADMIN_CLIENT_ID: clientId, IMS_ADMIN_CLIENT_SECRET: secret, IMS_ADMIN_SCOPES: list },
  },
  {
    subject: 'Service Account (JWT)',
    inputs: {
      JWT_CLIENT_ID: clientId,
      JWT_CLIENT_SECRET: secret,
      JWT_TECHNICAL_ACCOUNT_ID: technicalAccount,
      JWT_IMS_ORG: orgId,
      JWT_METASCOPES: list,
      JWT_PRIVATE_KEY: privateKey,
    },
  },
]

/** Names that other projects give to the same inputs, which this app does not read. */
const otherNames: readonly (readonly [string, string])[] = [
  ['OAUTHS2S_CLIENT_ID', 'IMS_OAUTH_S2S_CLIENT_ID'],
  ['OAUTHS2S_CLIENT_SECRET', 'IMS_OAUTH_S2S_CLIENT_SECRET'],
  ['OAUTHS2S_CECREDENTIALS_METASCOPES', 'IMS_OAUTH_S2S_SCOPES'],
  ['AIO_COMMERCE_AUTH_IMS_CLIENT_ID', 'IMS_OAUTH_S2S_CLIENT_ID'],
  ['AIO_COMMERCE_AUTH_IMS_CLIENT_SECRETS', 'IMS_OAUTH_S2S_CLIENT_SECRET'],
  ['AIO_COMMERCE_AUTH_IMS_ORG_ID', 'IMS_OAUTH_S2S_ORG_ID'],
  ['AIO_COMMERCE_AUTH_IMS_SCOPES', 'IMS_OAUTH_S2S_SCOPES'],
]

/** Hosts that Adobe has retired, or renamed. */
const oldHosts: readonly (readonly [RegExp, string])[] = [
  [/omniture\.com/, 'The 1.4 API ended on 2026-08-12: leave the input empty.'],
  [/analytics-collection-va7/, 'Write -us in place of -va7.'],
  [/analytics-collection-nld2/, 'Write -eu in place of -nld2.'],
]

/** Checks the inputs without any request: missing, malformed and obsolete ones. */
export function inspectInputs(inputs: Inputs, jobs: readonly Job[]): Finding[] {
  return [
    ...credentials.map((credential) => inspectCredential(credential, inputs)),
    ...inspectNames(inputs),
    ...inspectHosts(inputs),
    ...inspectRest(inputs, jobs),
    ...inspectWebhook(inputs),
  ]
}

function inspectCredential({ subject, inputs: checks }: CredentialInputs, inputs: Inputs): Finding {
  const names = Object.keys(checks)
  const missing = names.filter((name) => !inputs[name])
  if (missing.length === names.length) return { level: 'absent', subject, message: 'not configured' }
  const faults = [
    ...missing.map((name) => `${name} is missing`),
    ...names.flatMap((name) => {
      const fault = inputs[name] ? checks[name]?.(inputs[name]) : null
      return fault ? [`${name} ${fault}`] : []
    }),
  ]
  if (faults.length === 0) return { level: 'good', subject, message: 'all inputs are there and well-formed' }
  const remedy = 'Copy the values from the credential page of the Developer Console into .env.'
  return { level: 'fault', subject, message: faults.join('; '), remedy }
}

function inspectNames(inputs: Inputs): Finding[] {
  return otherNames
    .filter(([theirs]) => inputs[theirs])
    .map(([theirs, ours]) => ({
      level: 'fault',
      subject: theirs,
      message: 'is not read by this app',
      remedy: `Rename it to ${ours}.`,
    }))
}

function inspectHosts(inputs: Inputs): Finding[] {
  return Object.entries(inputs).flatMap(([subject, value]) => {
    const [, remedy] = oldHosts.find(([host]) => subject.endsWith('_URL') && host.test(value)) ?? []
    return remedy === undefined ? [] : [{ level: 'obsolete', subject, message: 'is a retired host', remedy }]
  })
}

/** The faults that the actions themselves would report. */
function inspectRest(inputs: Inputs, jobs: readonly Job[]): Finding[] {
  const readDelivery = () => readSettings(inputs, jobs)
  const findings: Finding[] = []
  for (const read of [readServiceUrls, readDelivery, readSealer]) {
    try {
      read(inputs)
    } catch (error) {
      if (!(error instanceof JobError)) throw error
      const { message, remedy, details } = error
      findings.push({ level: 'fault', subject: String(details.input), message, remedy })
    }
  }
  return findings
}

/** The URL of the webhook is a secret: its fault does not quote it. */
function inspectWebhook(inputs: Inputs): Finding[] {
  const subject = 'Alerts'
  try {
    const webhook = readWebhook(inputs, { add: () => undefined })
    if (!webhook)
      return [{ level: 'absent', subject, message: 'no webhook: alerts are lines of the log only' }]
    return [{ level: 'good', subject, message: `go to a webhook of the kind ${webhook.kind}` }]
  } catch (error) {
    if (!(error instanceof JobError)) throw error
    const { message, remedy } = error
    return [{ level: 'fault', subject, message, remedy }]
  }
}
