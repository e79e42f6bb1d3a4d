import { readOrgId } from '../../src/org-id'

it('an organisation id has one spelling', () => {
  expect(readOrgId('aaaabbbbccccdddd0a495c14@adobeorg')).toBe('AAAABBBBCCCCDDDD0A495C14@AdobeOrg')
})

it.each([
  '',
  'X@AdobeOrg',
  '../../jobs/flights@AdobeOrg',
  'AAAABBBBCCCCDDDD0A495C14',
  'AAAABBBBCCCCDDDD0A495C14@AdobeOrg\n',
])('%j is no organisation id', (text) => {
  expect(readOrgId(text)).toBeNull()
})

// Where a pattern backtracks, this takes hours.
it('a text of a megabyte is refused', () => {
  for (const text of ['@'.repeat(1_000_000), `${'A'.repeat(1_000_000)}@`, `${'@x'.repeat(500_000)}\n`]) {
    expect(readOrgId(text)).toBeNull()
  }
})
