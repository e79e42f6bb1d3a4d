import {
  readAlertSettings,
  readWatchParams,
  readWebhook,
} from '../../../../src/app-builder/params/alert-params'
import { errorThrownBy } from '../../../fixtures/error-of'

const url = 'https://hooks.slack.com/services/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'
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const none = { add: () => undefined }

it('without any input of a webhook there is none', () => {
  expect(readWebhook({ ALERT_WEBHOOK_URL: '', ALERT_WEBHOOK_KIND: '' }, none)).toBeNull()
})

it.each<[string, Record<string, string>, object]>([
  ['slack', { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_KIND: 'slack' }, { kind: 'slack', url }],
  [
    'teams, with a key in the query',
    { ALERT_WEBHOOK_URL: 'https://prod.example/invoke?sig=1', ALERT_WEBHOOK_KIND: 'teams' },
    { kind: 'teams', url: 'https://prod.example/invoke?sig=1' },
  ],
  [
    'generic, on this machine',
    {
      ALERT_WEBHOOK_URL: 'http://127.0.0.1:9/x',
      ALERT_WEBHOOK_KIND: 'generic',
      ALERT_WEBHOOK_SECRET: secret,
    },
    { kind: 'generic', url: 'http://127.0.0.1:9/x', key: Buffer.alloc(32, 7) },
  ],
])('a webhook of the kind %s is read', (_kind, params, expected) => {
  expect(readWebhook(params, none)).toEqual(expected)
})

it.each<[string, Record<string, string>, string]>([
  ['a kind without a URL', { ALERT_WEBHOOK_KIND: 'slack' }, 'ALERT_WEBHOOK_URL'],
  ['a URL without a kind', { ALERT_WEBHOOK_URL: url }, 'ALERT_WEBHOOK_KIND'],
  ['an unknown kind', { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_KIND: 'irc' }, 'ALERT_WEBHOOK_KIND'],
  [
    'plain http',
    { ALERT_WEBHOOK_URL: url.replace('https', 'http'), ALERT_WEBHOOK_KIND: 'slack' },
    'ALERT_WEBHOOK_URL',
  ],
  [
    'a password in the URL',
    { ALERT_WEBHOOK_URL: url.replace('//', '//u:canaryCanary@'), ALERT_WEBHOOK_KIND: 'slack' },
    'ALERT_WEBHOOK_URL',
  ],
  ['no URL', { ALERT_WEBHOOK_URL: 'canaryCanary', ALERT_WEBHOOK_KIND: 'slack' }, 'ALERT_WEBHOOK_URL'],
  [
    'generic without a secret',
    { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_KIND: 'generic' },
    'ALERT_WEBHOOK_SECRET',
  ],
  [
    'a secret of a few bytes',
    { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_KIND: 'generic', ALERT_WEBHOOK_SECRET: 'canary00' },
    'ALERT_WEBHOOK_SECRET',
  ],
  [
    'a secret that signs nothing',
    { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_KIND: 'slack', ALERT_WEBHOOK_SECRET: secret },
    'ALERT_WEBHOOK_SECRET',
  ],
])('%s is an error that names the input and does not quote it', (_what, params, input) => {
  const error = errorThrownBy(() => readWebhook(params, none))

  expect(error.code).toMatch(/^input-(missing|invalid)$/)
  expect(error.details).toEqual({ input })
  expect(error.message + error.remedy).not.toMatch(/canary/i)
})

it('the redactor learns each part of the URL that may be the secret', () => {
  const learned: unknown[] = []
  const given = `${url}?api-version=1&sig=canarySignature1`
  readWebhook(
    { ALERT_WEBHOOK_URL: given, ALERT_WEBHOOK_KIND: 'slack' },
    { add: (part) => learned.push(part) },
  )

  expect(learned).toEqual([
    ...[given, given, 'T0001CANARY', 'B0002CANARY', 'canaryCanaryCanaryCanary', 'canarySignature1'],
  ])
})

it('ALERTS is an object of the manifest, or JSON, and each member has a default', () => {
  const everyMinutes = { orders: 15 }

  expect(readAlertSettings({ ALERTS: { everyMinutes } })).toMatchObject({ everyMinutes, rejectsAbove: 20 })
  expect(readAlertSettings({ ALERTS: JSON.stringify({ everyMinutes }) })).toMatchObject({ everyMinutes })
  expect(readAlertSettings({ ALERTS: '' })).toMatchObject({ everyMinutes: {}, lateAbove: 0 })
})

it.each([
  ['text that is no JSON', 'every 15 minutes', 'ALERTS'],
  ['a misspelt member', { evryMinutes: {} }, 'ALERTS.evryMinutes'],
  ['a period that is none', { everyMinutes: { orders: 0 } }, 'ALERTS.everyMinutes.orders'],
])('ALERTS with %s is an error that names the place', (_what, ALERTS, place) => {
  const error = errorThrownBy(() => readAlertSettings({ ALERTS }))

  expect(error.message).toContain(`The input ${place} is invalid`)
})

it('the watchdog takes its parameters from an alarm or from the command line, and refuses a misspelt one', () => {
  expect(readWatchParams({ cron: '*/10 * * * *', LOG_LEVEL: 'info' })).toEqual({
    inspect: false,
    test: false,
  })
  expect(readWatchParams({ test: 'true' })).toEqual({ inspect: false, test: true })
  expect(errorThrownBy(() => readWatchParams({ tset: 'true' })).code).toBe('params-invalid')
})

it('refuses a test message beside an inspection, which would not send it', () => {
  expect(errorThrownBy(() => readWatchParams({ inspect: 'true', test: true })).message).toContain(
    '"test" has no effect beside "inspect"',
  )
  expect(readWatchParams({ inspect: 'true', test: 'false' })).toEqual({ inspect: true, test: false })
})
