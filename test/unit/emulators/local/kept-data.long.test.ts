import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { gzipSync } from 'node:zlib'
import { openKeptData } from '../../../../emulators/local/kept-data'
import {
  airportNames,
  apiKey,
  credential,
  reportSuite,
  startPlatform,
} from '../../../../emulators/local/platform'
import { partnerClient } from '../../../../emulators/partner-api/partner-api'
import { errorThrownBy } from '../../../fixtures/error-of'
import { sharedBlobServer } from '../../../fixtures/run/shared'
import type { Platform } from '../../../../emulators/local/platform'

const now = Date.UTC(2026, 10, 22)
const container = 'kept'

let folder: string
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'kept-')), 'local')
})
afterEach(() => {
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

const start = async (encryptionKey?: string) =>
  startPlatform({
    blobServer: await sharedBlobServer(),
    ...(encryptionKey === undefined ? {} : { encryptionKey }),
  })
const basic = { authorization: `Basic ${Buffer.from(apiKey).toString('base64')}` }

async function tokenOf({ ims }: Platform): Promise<string> {
  const form = {
    ...{ grant_type: 'client_credentials', client_id: credential.clientId },
    ...{ client_secret: credential.secrets.join(), scope: credential.scopes.join() },
  }
  const answer = await fetch(`${ims.url}/ims/token/v3`, { method: 'POST', body: new URLSearchParams(form) })
  return ((await answer.json()) as { access_token: string }).access_token
}

async function partnerToken({ partner }: Platform): Promise<string> {
  const form = {
    ...{ grant_type: 'client_credentials', client_id: partnerClient.id },
    client_secret: partnerClient.secret,
  }
  const answer = await fetch(`${partner.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  })
  return ((await answer.json()) as { access_token: string }).access_token
}

const analyticsHeaders = (token: string) => ({
  authorization: `Bearer ${token}`,
  'x-api-key': credential.clientId,
})

async function upload({ analytics }: Platform, token: string): Promise<void> {
  const row = `1767225600,${'1'.repeat(38)},ua,home,${reportSuite}`
  const form = new FormData()
  const bytes = gzipSync(`timestamp,marketingCloudVisitorID,userAgent,pageName,reportSuiteID\n${row}`)
  form.set('file', new Blob([new Uint8Array(bytes)]), 'file.csv.gz')
  await fetch(`${analytics.url}/aa/collect/v1/events`, {
    method: 'POST',
    body: form,
    headers: { ...analyticsHeaders(token), 'x-adobe-vgid': 'group', 'x-adobe-idempotency-key': 'key-1' },
  })
}

async function blobUrl({ files }: Platform): Promise<string> {
  return (await files.grant(container, 60_000)).replace('?', '/jobs/flights/state.json?')
}

/** Every service with data in it. */
async function used(): Promise<{ platform: Platform; tokens: readonly [string, string] }> {
  const platform = await start()
  const tokens = [await tokenOf(platform), await partnerToken(platform)] as const
  await upload(platform, tokens[0])
  await fetch(`${platform.state.url}/containers/ns/data/a-key?ttl=60`, {
    ...{ method: 'PUT', headers: basic, body: 'a value' },
  })
  await fetch(await blobUrl(platform), {
    ...{ method: 'PUT', body: '{"version":3}', headers: { 'x-ms-blob-type': 'BlockBlob' } },
  })
  platform.ims.consents.set('partner', new Set(['theirs@AdobeOrg']))
  return { platform, tokens }
}

async function stored(): Promise<{ platform: Platform; tokens: readonly [string, string] }> {
  const before = await used()
  const kept = openKeptData(folder)
  await kept.save(before.platform, 3233, now)
  kept.release()
  return before
}

describe('the data of a local platform that was kept', () => {
  it('is in the next one: rows, keys, blobs, state, consents, and tokens that stay valid', async () => {
    const { platform: before, tokens } = await stored()
    const kept = openKeptData(folder)
    const platform = await start(kept.stored?.encryptionKey)
    await kept.restore(platform)
    kept.release()
    const { analytics, state, ims, inputs, partner } = platform
    try {
      expect(kept.stored).toMatchObject({ at: '2026-11-22T00:00:00.000Z', firstPort: 3233 })
      expect(inputs.TOKEN_ENCRYPTION_KEY).toBe(before.inputs.TOKEN_ENCRYPTION_KEY)
      expect(analytics.suites.hits(reportSuite)).toEqual(before.analytics.suites.hits(reportSuite))
      expect(analytics.suites.hits(reportSuite)).toHaveLength(1)
      const lookup = await fetch(`${analytics.url}/aa/collect/v1/events/key/key-1`, {
        headers: analyticsHeaders(tokens[0]),
      })
      expect(await lookup.json()).toMatchObject({ rows: 1, idempotency_key: 'key-1' })
      expect(airportNames(platform)).toBe(airportNames(before))
      const value = await fetch(`${state.url}/containers/ns/data/a-key`, { headers: basic })
      expect(await value.text()).toBe('a value')
      expect(await (await fetch(await blobUrl(platform))).text()).toBe('{"version":3}')
      expect([...(ims.consents.get('partner') ?? [])]).toEqual(['theirs@AdobeOrg'])
      const flights = await fetch(`${partner.url}/v1/flights?limit=1`, {
        headers: { authorization: `Bearer ${tokens[1]}` },
      })
      expect(flights.status).toBe(200)
    } finally {
      await Promise.all([before.stop(), platform.stop()])
    }
  })

  it('that is of another version is refused, and the folder is free for the version that wrote it', async () => {
    const { platform } = await stored()
    await platform.stop()
    const path = join(folder, 'data')
    const content = deserialize(readFileSync(path)) as object
    writeFileSync(path, serialize({ ...content, format: 99 }))

    const refused = () => errorThrownBy(() => openKeptData(folder)).message

    expect(refused()).toMatch(/another version: format 99.*rm -r /)
    expect(refused()).not.toContain('in use')
    writeFileSync(path, serialize({ ...content, firstPort: 'none' }))
    expect(refused()).toContain('is damaged')
    writeFileSync(path, 'cut')
    expect(refused()).toContain('cannot be read')
  })
})

describe('the folder of a local platform', () => {
  it('is of one process: a second one is told which', () => {
    const first = openKeptData(folder)

    expect(errorThrownBy(() => openKeptData(folder)).message).toMatch(
      new RegExp(`in use by process ${process.pid},.*delete .*lock`),
    )
    first.release()
    openKeptData(folder).release()
  })

  it('is taken over from a process that was killed, which is told', () => {
    openKeptData(folder)
    writeFileSync(join(folder, 'lock'), '999999999\n')

    const second = openKeptData(folder)

    expect([second.wasLeft, second.stored]).toEqual([true, null])
    expect(readFileSync(join(folder, 'lock'), 'utf8')).toBe(`${process.pid}\n`)
    second.release()
  })
})
