import { readStandardAnswer } from '../../../../src/auth/oauth2/token-answer'

const exchange = { exchange: 'movies: api.moviestar.com', remedy: 'Wait.' }
const read = (body: object, status = 200) =>
  readStandardAnswer(exchange, { status, headers: {}, body, debugId: undefined })

it.each([
  ['no token_type, which Destination SDK calls optional', { access_token: 'a' }, {}],
  ['an unknown token_type', { access_token: 'a', token_type: 'moviestar' }, { tokenType: 'moviestar' }],
  ['refresh_token null', { access_token: 'a', refresh_token: null }, { refreshToken: null }],
  ['scope as a list', { access_token: 'a', scope: ['read'] }, { scope: ['read'] }],
  ['expires_in as text', { access_token: 'a', expires_in: '60' }, { expiresIn: '60' }],
])('accepts an answer with %s', (_what, body, fields) => {
  expect(read(body)).toMatchObject({ accessToken: 'a', ...fields })
})

it('accepts status 201', () => {
  expect(read({ access_token: 'a' }, 201)).toMatchObject({ accessToken: 'a' })
})

it.each([
  ['an empty access token', { access_token: '' }, 200, 'token-unavailable'],
  ['an access token that is not text', { access_token: 1 }, 200, 'token-unavailable'],
  ['an access token beside status 400', { access_token: 'a' }, 400, 'token-unavailable'],
  ['an error code with status 200', { error: 'invalid_grant' }, 200, 'token-refused'],
])('refuses an answer with %s', (_what, body, status, code) => {
  expect(() => read(body, status)).toThrow(expect.objectContaining({ code }) as Error)
})
