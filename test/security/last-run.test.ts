import { main as triggerJob } from '../fixtures/app/actions/trigger-job'
import { startServices } from '../fixtures/services'
import type { Services } from '../fixtures/services'

const said = 'canary words of a server'

let services: Services
beforeEach(async () => {
  for (const method of ['log', 'warn', 'error'] as const) jest.spyOn(console, method).mockReturnValue()
  services = await startServices()
})
afterEach(async () => {
  jest.restoreAllMocks()
  await services.stop()
})

interface Answer {
  readonly statusCode: number
  readonly body: string
}

async function trigger(
  body: object,
): Promise<{ status: number; answer: Record<string, unknown>; text: string }> {
  const orgId = services.inputs.IMS_OAUTH_S2S_ORG_ID ?? ''
  const token = services.ims.logIn({ userId: 'ada@AdobeID', orgIds: [orgId] }, 'exc_app')
  const { statusCode, body: text } = (await triggerJob({
    ...services.inputs,
    __ow_method: 'post',
    __ow_headers: {
      authorization: `Bearer ${token}`,
      'x-gw-ims-org-id': orgId,
      'content-type': 'application/json',
    },
    __ow_body: Buffer.from(JSON.stringify(body)).toString('base64'),
  })) as Answer
  return { status: statusCode, answer: JSON.parse(text) as Record<string, unknown>, text }
}

/** A run that a server fails with words of its own, and another one that is at work now. */
async function failThenWork(): Promise<{ readonly ended: Promise<unknown> }> {
  const body = { error_code: '403025', message: said }
  services.analytics.once({ kind: 'reply', reply: { status: 403, body } })
  const failed = await services.run()
  expect(failed.error?.message).toContain(said)
  const asked = new Promise<void>((resolve) => {
    services.partner.once({ kind: 'delay', ms: 1_500 }, ({ url }) => {
      const isPage = url.includes('/v1/flights')
      if (isPage) resolve()
      return isPage
    })
  })
  const ended = services.run()
  await Promise.race([asked, ended])
  return { ended }
}

it('trigger-job returns outcome, reason and counts of the last run, and no text of a server', async () => {
  const { ended } = await failThenWork()
  const { status, answer, text } = await trigger({ job: 'flights' })
  await ended

  expect({ status, answer }).toMatchObject({
    status: 200,
    answer: { outcome: 'skipped', reason: 'lease-held' },
  })
  const { outcome, reason, startedAt, endedAt, ...counts } = answer.lastRun as Record<string, unknown>
  expect([outcome, reason]).toEqual(['failed', 'not-permitted'])
  expect([startedAt, endedAt].map((at) => typeof at)).toEqual(['string', 'string'])
  expect(counts).toMatchObject({ records: expect.any(Number) as number, held: 0 })
  expect(new Set(Object.values(counts).map((value) => typeof value))).toEqual(new Set(['number']))
  expect(text).not.toContain('canary')
})

it('trigger-job starts no second run beside one that is at work, not even with force', async () => {
  const { ended } = await failThenWork()
  const { status, answer } = await trigger({ job: 'flights', force: true })
  await ended

  expect({ status, answer }).toMatchObject({ status: 200, answer: { reason: 'lease-held' } })
})
