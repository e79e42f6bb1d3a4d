import { openPlatform } from '../../../src/app-builder/platform'
import { createRedactor } from '../../../src/http/redact'
import { input, secret } from '../../../src/inputs'
import { silentLog } from '../../../src/log'

const env = {
  ...{ __OW_ACTIVATION_ID: 'a', __OW_ACTION_NAME: '/ns/analytics-ingest/run-job', __OW_NAMESPACE: 'ns' },
  ...{ __OW_API_HOST: 'runtime.example', __OW_API_KEY: 'uuid:key', __OW_DEADLINE: '1' },
}

it('the redactor of an action knows each secret of a job that was resolved, and those of a tenant', () => {
  const redactor = createRedactor()
  const params = { PARTNER_WORD: 'canary-of-app', PARTNER_URL: 'https://partner.example' }
  const { inputsOf } = openPlatform(params, env, { jobs: [], log: silentLog, redactor })
  const echo = 'https://partner.example said: canary-of-app, canary-of-tenant'

  expect(redactor.text(echo)).toBe(echo)
  inputsOf()(secret('PARTNER_WORD'))
  inputsOf({ PARTNER_WORD: 'canary-of-tenant' })(secret('PARTNER_WORD'))
  inputsOf()(input('PARTNER_URL'))
  expect(redactor.text(echo)).toBe('https://partner.example said: [redacted], [redacted]')
})
