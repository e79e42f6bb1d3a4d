import { BaseUrl } from '../../../../src/app-builder/params/base-urls'

it.each([
  ['https://host.example/base/', 'https://host.example/base'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
])('the base URL %s is accepted', (text, expected) => {
  expect(BaseUrl.parse(text)).toBe(expected)
})

it.each([
  'https://user@host.example',
  'https://user:canary-password@host.example',
  'https://host.example?key=canary',
  'https://host.example/#x',
  'http://host.example',
  'ftp://host.example',
  'host.example',
])('the base URL %s is refused', (text) => {
  const { success, error } = BaseUrl.safeParse(text)

  expect(success).toBe(false)
  expect(error?.message).not.toContain('canary')
})
