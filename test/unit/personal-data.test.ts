import { personalDataIn, withoutPersonalData } from '../../src/personal-data'

const emails = ['jane.doe+x@mail.example.co.uk', 'Mail: JANE@EXAMPLE.COM.', 'jane%40example.com', '<a@b.io>']
const phones = [
  '+49 151 12345678',
  '+4915112345678',
  'call +1 (212) 555-0100 now',
  '(212) 555-0100',
  '212-555-0100',
  '212.555.0100',
]
const neither = [
  '',
  'order@',
  '@example',
  'a@b',
  '2026-01-31',
  '2026-01-31T10:15:00.000Z',
  '4915112345678',
  '12345678901234567890123456789012345678',
  '123-456-7890-1234',
  '192.168.100.1000',
  '+1',
  '1.5+2.5',
  'SKU-212-555-01000',
  'v1.212.555.0100',
  '550e8400-e29b-41d4-a716-446655440000',
]

it.each(emails)('%p holds an e-mail address', (text) => {
  expect(personalDataIn(text)).toBe('an e-mail address')
})

it.each(phones)('%p holds a phone number', (text) => {
  expect(personalDataIn(text)).toBe('a phone number')
})

it.each(neither)('%p holds neither, and stays as it is', (text) => {
  expect(personalDataIn(text)).toBeNull()
  expect(withoutPersonalData(text)).toBe(text)
})

it.each([...emails, ...phones])('nothing of it is found in %p once it is redacted', (text) => {
  const redacted = withoutPersonalData(text)

  expect(redacted).toContain('[redacted]')
  expect(personalDataIn(redacted)).toBeNull()
})

it('looks through a hostile text of 300,000 characters in linear time', () => {
  const texts = [
    'a@'.repeat(150_000),
    `${'a'.repeat(299_999)}@`,
    `+${'1 '.repeat(150_000)}`,
    'a@' + 'b.'.repeat(150_000),
  ]
  const started = process.cpuUsage().user

  for (const text of texts) withoutPersonalData(text)

  expect(process.cpuUsage().user - started).toBeLessThan(20e6)
})
