import { foreignCode, foreignText } from '../../../src/http/foreign-text'
import { createRedactor } from '../../../src/http/redact'

const redactor = createRedactor()
redactor.add('canary secret with blanks')
const { text: redact } = redactor

it('foreign text keeps a code and a prefix that ends with a word', () => {
  const kept = foreignText('word '.repeat(100), { redact, code: 'invalid_scope' })

  expect(kept).toMatch(/^invalid_scope: word (word )*word…$/)
  expect(kept.length).toBeLessThan(220)
})

it('foreign text is redacted before it is cut, so that no half of a secret is left', () => {
  const kept = foreignText(`${'x '.repeat(92)}canary secret with blanks`, { redact })

  expect(kept).not.toContain('canary')
})

it('foreign text loses long opaque words and control characters, and keeps names', () => {
  expect(
    foreignText(
      '\u001b[31mscope additional_info.projectedProductContext of\r\neyJhbGciOiJSUzI1NiJ9.e30.c2ln\u202e',
      {
        redact,
      },
    ),
  ).toBe('[31mscope additional_info.projectedProductContext of […]')
})

it('a text that does not look like a code is not repeated', () => {
  expect(foreignCode('invalid_client')).toBe('invalid_client')
  expect(foreignCode('<script>')).toBe('an unknown code')
})
