import fc from '../../../../fixtures/fast-check'
import { JobError } from '../../../../../src/errors'
import { renderTemplate } from '../../../../../src/auth/oauth2/pebble/pebble'

const data = {
  authData: { clientId: 'id', clientSecret: 's&c="ret"', count: 3, active: true, blank: ' ' },
  response: {
    status: 200,
    headers: { server: ['nginx'], 'content-type': ['text/plain'] },
    body: { access_token: 'a&b<c>', scope: null, items: [1, 2, 3], none: [] },
  },
}

function render(template: string): string {
  return renderTemplate(template, data)
}

it.each([
  // Adobe's examples
  ['https://{{ authData.clientId }}.example.com/token', 'https://id.example.com/token'],
  ['https://{{authData.clientId}}.example.com/token', 'https://id.example.com/token'],
  [
    "{{ formUrlEncode('grant_type', 'client_credentials', 'client_secret', authData.clientSecret) | raw }}",
    'grant_type=client_credentials&client_secret=s%26c%3D%22ret%22',
  ],
  ['{{response.body.access_token is empty }}', 'false'],
  ['{{ response.status }}', '200'],
  ['{{ response.headers.server[0] }}', 'nginx'],
  // text
  ['no expression', 'no expression'],
  ['{"a":{"b":"{{ authData.clientId }}"}}', '{"a":{"b":"id"}}'],
  ['{{ "braces }} in \\"text\\"" }}', 'braces }} in "text"'],
  ["{{ 'single' }}{{ '' }}", 'single'],
  ['{{ response.body.access_token }}', 'a&b<c>'],
  // paths
  ['{{ authData.active }} {{ authData.count }}', 'true 3'],
  ["{{ response.headers['content-type'][0] }}{{ response.body.items[2] }}", 'text/plain3'],
  ['{{ response.body.scope }}{{ response.nothing.below[7] }}', ''],
  // tests and filters
  [
    '{{ authData.blank is empty }} {{ response.body.none is empty }} {{ response.body.scope is empty }}',
    'true true true',
  ],
  ['{{ authData.blank is not empty }} {{ response.body.items is not empty }}', 'false true'],
  ['{{ authData.clientId | raw | raw is empty }}', 'false'],
  ['{{ formUrlEncode() is empty }}', 'true'],
])('renders %s as "%s"', (template, rendered) => {
  expect(render(template)).toBe(rendered)
})

it.each([
  ['a tag', '{% if true %}{% endif %}', /contains "{%"/],
  ['a comment', '{# comment #}', /contains "{#"/],
  ['an unknown name', '{{ authdata.clientId }}', /other than authData, response at character 4/],
  ['a literal that is not a string', '{{ true }}', /other than authData, response/],
  ['a number', '{{ 7 }}', /lacks a path, a string or formUrlEncode/],
  ['another function', '{{ max(1, 2) }}', /other than authData/],
  ['another filter', '{{ authData.clientId | upper }}', /lacks "raw"/],
  ['another test', '{{ authData.count is odd }}', /lacks "empty"/],
  ['an operator', '{{ authData.clientId ~ authData.count }}', /lacks "}}" at character 22/],
  ['a condition', '{{ authData.active ? "a" : "b" }}', /lacks "}}"/],
  ['a negation', '{{ not authData.active }}', /other than authData/],
  ['an unclosed expression', '{{ authData.clientId ', /lacks "}}"/],
  ['an unclosed call', "{{ formUrlEncode('a', 'b' }}", /lacks "\)"/],
  ['an unclosed string', "{{ 'a }}", /lacks a path, a string/],
  ['an empty expression', '{{ }}', /lacks a path/],
  ['a name without a value in a form', '{{ formUrlEncode("a") }}', /without a value/],
  ['a list that is printed', '{{ response.body.items }}', /list or map/],
  ['a map in a form', '{{ formUrlEncode("a", response.body) }}', /list or map/],
  ['a way into the language', '{{ authData.constructor }}', /may not look up "constructor"/],
  ['a prototype', '{{ authData["__proto__"]["x"] }}', /__proto__/],
  ['a method', "{{ ''.constructor.constructor('return process')() }}", /lacks "}}"/],
  ['more than 10,000 characters', 'x'.repeat(10_001), /longer/],
  ['calls that nest deeply', `{{ ${'formUrlEncode('.repeat(700)} }}`, /lacks a path/],
])('refuses a template with %s', (_what, template, message) => {
  expect(() => render(template)).toThrow(JobError)
  expect(() => render(template)).toThrow(message)
})

it('refuses a template whose output is too long', () => {
  const long = { authData: { long: 'x'.repeat(60_000) } }

  expect(() => renderTemplate('{{ authData.long }}{{ authData.long }}', long)).toThrow(/renders more/)
})

it('renders any template or throws a JobError that contains no secret', () => {
  const pieces = [
    ...[
      '{{',
      '}}',
      '{%',
      '{#',
      'authData',
      '.',
      'clientSecret',
      '[',
      ']',
      '(',
      ')',
      ',',
      '|',
      'raw',
      "'",
      '"',
      '\\',
    ],
    ...['formUrlEncode(', ' is ', ' not ', ' empty ', '__proto__', 'constructor', '1', ' ', 'x'],
  ]
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (chosen) => {
      try {
        render(chosen.join(''))
      } catch (error) {
        expect(error).toBeInstanceOf(JobError)
        expect(String(error)).not.toContain(data.authData.clientSecret)
      }
    }),
    { numRuns: 2_000 },
  )
})
