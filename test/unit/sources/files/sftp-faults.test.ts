import { failure } from '../../../../src/sources/files/sftp-faults'

/** An error as ssh2 throws it. */
const thrown = (fields: object, message = 'canary: a text of the server') =>
  Object.assign(new Error(message), fields)

it.each([
  ['of a refused credential', thrown({ level: 'client-authentication' }), 'source-refused', 'credential'],
  [
    'that no way of authentication worked',
    thrown({}, 'All configured authentication methods failed'),
    'source-refused',
    'credential',
  ],
  ['of a file that is absent (client)', thrown({ code: 'ENOENT' }), 'source-malformed', 'does not exist'],
  ['of a file that is absent (server)', thrown({ code: 2 }), 'source-malformed', 'does not exist'],
  ['of a missing right (client)', thrown({ code: 'EACCES' }), 'source-refused', 'refuses access to in/a.csv'],
  ['of a missing right (server)', thrown({ code: 3 }), 'source-refused', 'refuses access to in/a.csv'],
  ['of the network', thrown({ code: 'ECONNRESET' }), 'source-unreachable', 'for in/a.csv: ECONNRESET'],
  ['of another status of the server', thrown({ code: 4 }), 'source-unreachable', 'the connection failed'],
  ['without a code', thrown({}), 'source-unreachable', 'the connection failed'],
])('an SFTP error %s is told in words of its own', (_what, error, code, text) => {
  const told = failure('in/a.csv', error)

  expect(told).toMatchObject({ code, message: expect.stringContaining(text) as string })
  expect(`${told.message} ${told.remedy}`).not.toContain('canary')
})
