import { readInvitationParams } from '../../../../src/app-builder/web/invitation-params'
import { errorThrownBy } from '../../../fixtures/error-of'

const org = '1234567890ABCDEF12345678@AdobeOrg'

it('reads an invitation as the command line passes it, and the id of one that is taken back', () => {
  const inputs = '{"ANALYTICS_REPORT_SUITE":"theirs"}'

  expect(
    readInvitationParams({ invite: 'adobe', org, inputs, LOG_LEVEL: 'info', __ow_method: 'post' }),
  ).toEqual({
    kind: 'invite',
    invitation: { to: 'adobe', orgId: org, inputs: { ANALYTICS_REPORT_SUITE: 'theirs' } },
  })
  expect(readInvitationParams({ invite: 'orders' })).toEqual({
    kind: 'invite',
    invitation: { to: 'orders', orgId: null, inputs: {} },
  })
  expect(readInvitationParams({ revoke: 'id-1' })).toEqual({ kind: 'revoke', id: 'id-1' })
})

it.each<[string, Record<string, unknown>, string]>([
  ['a misspelt organisation, without which any could use it', { invite: 'adobe', orgId: org }, '"orgId"'],
  ['an organisation as an input', { invite: 'adobe', ORG: org }, '"ORG" is invalid: it is written "org"'],
  ['misspelt inputs', { invite: 'adobe', org, input: '{}' }, '"input"'],
  [
    'an invitation beside one that is taken back',
    { invite: 'adobe', revoke: 'id-1' },
    '"invite" has no effect',
  ],
  ['a missing recipient', { org }, '"invite" is missing'],
  ['an empty id', { revoke: '' }, '"revoke" is invalid'],
])('refuses %s', (_what, params, words) => {
  const error = errorThrownBy(() => readInvitationParams(params))

  expect(error.code).toBe('params-invalid')
  expect(error.message).toContain(words)
  expect(error.remedy).toContain('--param invite adobe --param org')
})
