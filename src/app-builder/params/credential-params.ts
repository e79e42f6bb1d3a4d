import * as z from 'zod'
import { parseJson } from '../../http/json'
import type { ImsCredentials } from '../../auth/ims/credentials'

/** App Builder turns an unset `$VAR` into ''. */
const text = z.string().trim().min(1)

/** `a,b`, `a b`, `["a","b"]` or an array. */
const List = z
  .union([z.array(z.string()), z.string()])
  .transform((value) => (Array.isArray(value) ? value : splitList(value)))
  .pipe(z.array(text).min(1))

/** A list of names: a JSON array, or a comma list, in which names may have blanks; empty where it is not set. */
export function listOf(params: Params, name: string): readonly string[] {
  const value = params[name]
  const text = Array.isArray(value)
    ? value
    : typeof value === 'string'
      ? (jsonArray(value) ?? value.split(','))
      : []
  return text.map((entry) => String(entry).trim()).filter((entry) => entry !== '')
}

/** One secret or, while it is rotated, a JSON array of them. */
const Secrets = z
  .union([z.array(z.string()), z.string()])
  .transform((value) => (Array.isArray(value) ? value : (jsonArray(value) ?? [value])))
  .pipe(z.array(text).min(1))

const ServerToServer = z.object({ client_id: text, client_secret: Secrets, org_id: text, scopes: List })

const EnterpriseWebApp = z.object({
  IMS_ADMIN_CLIENT_ID: text,
  IMS_ADMIN_CLIENT_SECRET: text,
  IMS_ADMIN_SCOPES: List,
})

const Jwt = z.object({
  JWT_CLIENT_ID: text,
  JWT_CLIENT_SECRET: text,
  JWT_TECHNICAL_ACCOUNT_ID: text,
  JWT_IMS_ORG: text,
  JWT_METASCOPES: List,
  JWT_PRIVATE_KEY: text.transform(toPem),
})

type Params = Readonly<Record<string, unknown>>

/**
 * Finds the credentials among the action's params: `__ims_oauth_s2s`, which the annotation `include-ims-credentials`
 * adds at deploy time, or the inputs `IMS_OAUTH_S2S_*`; `IMS_ADMIN_*`; and `JWT_*`.
 */
export function readCredentials(params: Params): ImsCredentials {
  return {
    serverToServer: readServerToServer(params),
    enterpriseWebApp: readEnterpriseWebApp(params),
    jwt: readJwt(params),
  }
}

function readServerToServer(params: Params): ImsCredentials['serverToServer'] {
  const annotated = ServerToServer.safeParse(params.__ims_oauth_s2s)
  const parsed = annotated.success
    ? annotated
    : ServerToServer.safeParse({
        client_id: params.IMS_OAUTH_S2S_CLIENT_ID,
        client_secret: params.IMS_OAUTH_S2S_CLIENT_SECRET,
        org_id: params.IMS_OAUTH_S2S_ORG_ID,
        scopes: params.IMS_OAUTH_S2S_SCOPES,
      })
  if (!parsed.success) {
    return { missing: faultyNames(parsed.error).map((name) => `IMS_OAUTH_S2S_${name.toUpperCase()}`) }
  }
  const { client_id: clientId, client_secret: clientSecrets, org_id: orgId, scopes } = parsed.data
  return { clientId, clientSecrets, orgId, scopes }
}

function readEnterpriseWebApp(params: Params): ImsCredentials['enterpriseWebApp'] {
  const parsed = EnterpriseWebApp.safeParse(params)
  if (!parsed.success) return { missing: faultyNames(parsed.error) }
  const { data } = parsed
  return {
    clientId: data.IMS_ADMIN_CLIENT_ID,
    clientSecret: data.IMS_ADMIN_CLIENT_SECRET,
    scopes: data.IMS_ADMIN_SCOPES,
  }
}

function readJwt(params: Params): ImsCredentials['jwt'] {
  const parsed = Jwt.safeParse(params)
  if (!parsed.success) return { missing: faultyNames(parsed.error) }
  const { data } = parsed
  return {
    clientId: data.JWT_CLIENT_ID,
    clientSecret: data.JWT_CLIENT_SECRET,
    technicalAccountId: data.JWT_TECHNICAL_ACCOUNT_ID,
    orgId: data.JWT_IMS_ORG,
    metascopes: data.JWT_METASCOPES,
    privateKey: data.JWT_PRIVATE_KEY,
  }
}

function faultyNames(error: z.ZodError): string[] {
  return [...new Set(error.issues.map(({ path }) => String(path[0] ?? '')))]
}

function splitList(value: string): string[] {
  return jsonArray(value) ?? value.split(/[\s,]+/).filter((part) => part !== '')
}

function jsonArray(value: string): string[] | null {
  return value.trim().startsWith('[') ? (z.array(z.string()).safeParse(parseJson(value)).data ?? null) : null
}

/** A PEM as it is, with literal `\n`, or in base64, wrapped or not. */
export function toPem(value: string): string {
  const pem = value.includes('-----BEGIN') ? value : Buffer.from(value, 'base64').toString('utf8')
  return pem.replaceAll('\\n', '\n').replaceAll('\r', '')
}
