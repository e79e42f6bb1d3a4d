import { isAllowedHost, secureHostOf } from '../../../../src/auth/oauth2/allowed-hosts'

it.each([
  ['https://api.moviestar.com/OAuth?x=[1]', 'api.moviestar.com'],
  ['HTTPS://API.MovieStar.com', 'api.moviestar.com'],
  ['https://api.moviestar.com:8443/', 'api.moviestar.com:8443'],
  ['http://127.0.0.1:8080/token', '127.0.0.1:8080'],
  ['http://localhost/token', 'localhost'],
])('reads the host of %s as %s', (url, host) => {
  expect(secureHostOf(url)).toBe(host)
})

it.each([
  ['no TLS', 'http://api.moviestar.com/'],
  ['another scheme', 'ftp://api.moviestar.com/'],
  ['a user', 'https://api.moviestar.com@evil.example/'],
  ['a fragment', 'https://evil.example/#.moviestar.com'],
  ['a backslash', 'https://evil.example\\.moviestar.com/'],
  ['a tab', 'https://evil.example\t/'],
  ['a letter that is not ASCII', 'https://mоviestar.com/'],
  ['a full-width dot', 'https://evil。example/'],
  ['an escaped host', 'https://%65vil.example/'],
  ['a hexadecimal address', 'https://0x7f.1/'],
  ['a port that a parser drops', 'https://api.moviestar.com:443/'],
  ['no host', 'https:///token'],
  ['no URL', '//api.moviestar.com/'],
])('refuses a URL with %s', (_what, url) => {
  expect(secureHostOf(url)).toBeNull()
})

it.each([
  ['api.moviestar.com', true],
  ['eu-1.moviestar.org', true],
  ['moviestar.org', false],
  ['.moviestar.org', false],
  ['-.moviestar.org', false],
  ['a.b.moviestar.org', false],
  ['evilmoviestar.org', false],
  ['api.moviestar.com.evil.example', false],
  ['api.moviestar.com:8443', false],
])('decides that the host %s is allowed: %s', (host, allowed) => {
  expect(isAllowedHost(host, ['api.moviestar.com', '*.moviestar.org'])).toBe(allowed)
})
