import fc from '../../../fixtures/fast-check'
import { xml } from '../../../../src/sources/decoders/xml'
import { bodyOf, decodeAll, recordsOf } from './bodies'

interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly text: string
  readonly children: readonly Element[]
}

const name = fc.constantFrom('a', 'b', 'item', 'ns:c')
const content = fc.string({ unit: fc.constantFrom('x', ' ', '&', '<', '>', '"', "'", 'ü', '😀', ']') })
const { element } = fc.letrec<{ element: Element }>((tie) => ({
  element: fc.record({
    name,
    attributes: fc.dictionary(fc.constantFrom('id', 'lang'), content),
    text: content,
    children: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constant([]),
      fc.array(tie('element'), { maxLength: 3 }),
    ),
  }),
}))

const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

function written({ name: tag, attributes, text, children }: Element): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`)
  return `<${tag}${pairs.join('')}>${escaped(text)}${children.map(written).join('')}</${tag}>`
}

/** The documented form of an element. */
function expected({ attributes, text, children }: Element): unknown {
  const fields: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(attributes)) fields[`@${key}`] = value
  for (const { name: tag } of children) {
    const same = children.filter((child) => child.name === tag).map(expected)
    fields[tag] = same.length > 1 ? same : same[0]
  }
  if (Object.keys(fields).length === 0) return text
  return text.trim() === '' ? fields : { ...fields, '#text': text }
}

it('XML gives the elements that were written, in pieces of any size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(element, { maxLength: 4 }),
      fc.integer({ min: 1, max: 50 }),
      async (elements, pieceBytes) => {
        const entries = elements.map((inner) => written({ ...inner, name: 'entry' }))
        const text = `<?xml version="1.0"?><feed>\n<title>t</title>${entries.join('<!-- c -->\n')}</feed>`

        expect(await recordsOf(xml({ record: 'feed.entry' }), text, pieceBytes)).toEqual(
          elements.map(expected),
        )
      },
    ),
    { numRuns: 150 },
  )
})

it('an element that is declared as a list is one even when it comes once', async () => {
  const decoder = xml({ record: 'orders.order', lists: ['items.item'] })

  expect(await recordsOf(decoder, '<orders><order><items><item>1</item></items></order></orders>')).toEqual([
    { items: { item: ['1'] } },
  ])
})

it('the encoding of the XML declaration counts', async () => {
  const text = '<?xml version="1.0" encoding="ISO-8859-1"?><a><b>\u00e4</b></a>'

  expect(await recordsOf(xml({ record: 'a.b' }), Buffer.from(text, 'latin1'))).toEqual(['ä'])
})

it('CDATA is text', async () => {
  expect(await recordsOf(xml({ record: 'a.b' }), '<a><b><![CDATA[<x>]]>y</b></a>')).toEqual(['<x>y'])
})

it('a feed without entries has no records', async () => {
  expect(await recordsOf(xml({ record: 'feed.entry' }), '<feed/>')).toEqual([])
})

it.each([
  ['', 'is not XML, or breaks off, at character 0'],
  ['<feed><entry>1</entry><entry>', 'is not XML, or breaks off, at character 29'],
  ['<feed><entry></feed>', 'is not XML'],
  ['<feed><entry>&custom;</entry></feed>', 'is not XML'],
  ['<!DOCTYPE f [<!ENTITY custom "x">]><feed><entry>&custom;</entry></feed>', 'is not XML'],
  ['<error>quota</error>', 'has no element that could hold "feed.entry"'],
])('XML is refused: %s', async (text, message) => {
  await expect(recordsOf(xml({ record: 'feed.entry' }), text)).rejects.toMatchObject({
    code: 'source-malformed',
    message: expect.stringContaining(message) as string,
  })
})

it('a root that is no record is refused where the root is the record', async () => {
  await expect(recordsOf(xml({ record: 'row' }), '<html/>')).rejects.toThrow(
    'has no element that could hold "row"',
  )
})

it.each(['<feed><entry>', '<feed><title>', '<feed><entry><a>1</a><b>', '<feed><!--'])(
  'text without an end after %s does not fill the memory',
  async (start) => {
    const text = start + 'x'.repeat(3_000_000)
    await expect(recordsOf(xml({ record: 'feed.entry' }), text, 65_536)).rejects.toThrow('more than 1 MB')
  },
)

it('JSON is not read as XML', async () => {
  await expect(
    decodeAll(xml({ record: 'a' }), bodyOf('{}', { contentType: 'application/json' })),
  ).rejects.toThrow('is not XML')
})
