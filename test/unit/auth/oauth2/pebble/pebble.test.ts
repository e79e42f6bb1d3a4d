import * as fc from 'fast-check'
import { JobError } from '../../../../../src/errors'
import { renderTemplate } from '../../../../../src/auth/oauth2/pebble/pebble'

const data = {
  authData: { clientId: 'id', clientSecret: 's&c="ret"', count: 3, active: true, empty: ' ' },
  response: {
    status: 200,
    headers: { server: ['nginx'] },
    body: { access_token: 'a&b<c>', scope: null, items: [1, 2, 3], nested: { 'a-b': 'c' } },
  },
}

function render(template: string): string {
  return renderTemplate(template, data)
}

it.each([
  // as Adobe prints them
  ['https://{{ authData.clientId }}.example.com/token', 'https://id.example.com/token'],
  [
    "{{ formUrlEncode('grant_type', 'client_credentials', 'client_secret', authData.clientSecret) | raw }}",
    'grant_type=client_credentials&client_secret=s%26c%3D%22ret%22',
  ],
  ['{{response.body.access_token is empty }}', 'false'],
  ['{{ response.status }}', '200'],
  ['{{ response.headers.server[0] }}', 'nginx'],
  ["{{ authData.clientId ~ ':' ~ authData.count | base64encode }}", 'aWQ6Mw=='],
  // printing
  ['{{ response.body.access_token }}', 'a&b<c>'],
  ['{{ response.body.scope }}{{ nobody.knows.this[7] }}', ''],
  ['{{ authData.active }} {# a comment #}{{ 1.5 }}', 'true 1.5'],
  ['{{ "braces }} in \\"text\\"" }}', 'braces }} in "text"'],
  // look-ups
  ['{{ response.body["nested"]["a-b"] }}{{ response.body.items[2] }}', 'c3'],
  [
    '{{ response.body.items | first }}{{ response.body.items | last }}{{ response.body.items | length }}',
    '133',
  ],
  // operators, weakest first
  ['{{ authData.active ? "yes" : "no" }}', 'yes'],
  ['{{ false or true and false }}', 'false'],
  ['{{ not false and true }}', 'true'],
  ['{{ 1 + 2 * 3 == 7 }}', 'true'],
  ['{{ (1 + 2) * 3 }}', '9'],
  ['{{ 7 % 4 - 1 / 2 }}', '2.5'],
  ['{{ 2 > 1 and 1 < 2 and 2 >= 2 and 2 <= 2 and 1 != 2 and "a" equals "a" }}', 'true'],
  [
    '{{ "scope read" contains "read" }} {{ response.body.items contains 4 }} {{ authData contains "count" }}',
    'true false true',
  ],
  ['{{ -authData.count | abs }}', '3'],
  ['{{ response.status == "200" }}', 'false'],
  ['{{ "a" ~ "b" | upper }}', 'AB'],
  // tests
  [
    '{{ authData.empty is empty }} {{ response.body.items is not empty }} {{ nothing is null }}',
    'true true true',
  ],
  [
    '{{ 3 is odd }} {{ 3 is even }} {{ authData is map }} {{ response.body.items is iterable }} {{ x is defined }}',
    'true false true true false',
  ],
  // filters
  ['{{ authData.empty | default("fallback") }}', 'fallback'],
  ['{{ "aWQ=" | base64decode }} {{ "x y&z" | urlencode }} {{ " x " | trim }}', 'id x+y%26z x'],
  ['{{ "a,b" | split(",") | join("-") }} {{ "ADOBE" | lower | capitalize }}', 'a-b Adobe'],
  ['{{ "<a>" | escape }}', '&lt;a&gt;'],
  ['{{ "x" | sha256 }}', '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'],
  ['{{ max(1, 3, 2) }}{{ min(3, 2) }}', '32'],
  // tags
  ['{% if authData.count == 3 %}three{% else %}other{% endif %}', 'three'],
  ['{% if false %}{% if true %}x{% endif %}a{% elseif authData.active %}b{% else %}c{% endif %}', 'b'],
  ['{% set scope = "read" %}{{ scope }}', 'read'],
])('%s prints %s', (template, printed) => {
  expect(render(template)).toBe(printed)
})

it.each([
  ['a way into the language', '{{ "".constructor }}', /constructor/],
  ['code', `{{ ''.constructor.constructor('return process')() }}`, /goes on/],
  ['a prototype by index', '{{ authData["__proto__"]["x"] }}', /__proto__/],
  ['a prototype by a name put together', '{{ authData["proto" ~ "type"] }}', /prototype/],
  ['an unknown filter', '{{ 1 | evil }}', /filter "evil".*one of/],
  ['an unknown function', '{{ evil(1) }}', /function "evil"/],
  ['an unknown test', '{{ 1 is evil }}', /test "evil"/],
  ['a loop', '{% for x in y %}{% endfor %}', /tag "for"/],
  ['an open brace', '{{ 1 ', /never closed/],
  ['an open if', '{% if true %}', /endif/],
  ['an end without a beginning', '{% endif %}', /endif/],
  ['an operator without an operand', '{{ 1 + }}', /breaks off/],
  ['a foreign character', '{{ 1 ; 2 }}', /character/],
  ['an open bracket', '{{ (1 }}', /lacks a "\)"/],
  ['a list that is printed', '{{ response.body.items }}', /list or map/],
  ['arithmetic with text', '{{ "a" + 1 }}', /no number/],
  ['a condition that is none', '{{ "a" ? 1 : 2 }}', /neither/],
  ['a name without a value in a form', '{{ formUrlEncode("a") }}', /without a value/],
  ['a template that is too long', 'x'.repeat(10_001), /longer/],
  ['an expression of too many words', `{{ ${'1+'.repeat(300)}1 }}`, /words/],
  ['brackets that nest too deep', `{{ ${'('.repeat(60)}1${')'.repeat(60)} }}`, /levels/],
  ['an output that explodes', `{% set a = "${'x'.repeat(4000)}" %}${'{{ a }}'.repeat(30)}`, /makes more/],
])('%s is a clear error', (_what, template, message) => {
  expect(() => render(template)).toThrow(message)
})

it('whatever the template, there is text or a clear error, and never a secret in it', () => {
  const piece = fc.constantFrom(
    ...[
      '{{',
      '}}',
      '{%',
      '%}',
      ' if ',
      ' set ',
      'authData',
      '.',
      'clientSecret',
      '[',
      ']',
      '(',
      ')',
      '|',
      ' raw ',
      '~',
    ],
    ...[
      "'",
      '"',
      ' is ',
      ' empty ',
      '__proto__',
      'constructor',
      '1',
      '+',
      ' not ',
      'endif',
      '?',
      ':',
      ',',
      '\\',
    ],
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      try {
        render(pieces.join(''))
      } catch (error) {
        expect(error).toBeInstanceOf(JobError)
        expect(String(error)).not.toContain(data.authData.clientSecret)
      }
    }),
    { numRuns: 2_000 },
  )
})
