import { parseListPage } from '../../../../src/app-builder/storage/blob-list-page'

const page = (content: string) =>
  Buffer.from(
    `\uFEFF<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="c">${content}</EnumerationResults>`,
  )

it('a listing is parsed into its names and the marker of the next page', () => {
  const listing = page(
    '<Blobs><Blob><Name>a/1</Name><Properties><Etag>0x1</Etag></Properties></Blob>' +
      '<Blob><Name>a/2</Name></Blob></Blobs><NextMarker>2!8!abc==</NextMarker>',
  )

  expect(parseListPage(listing)).toEqual({ paths: ['a/1', 'a/2'], nextMarker: '2!8!abc==' })
})

it.each(['<NextMarker/>', '<NextMarker />', '<NextMarker></NextMarker>', ''])(
  'takes "%s" for the end',
  (marker) => {
    expect(parseListPage(page(`<Blobs/>${marker}`))).toEqual({ paths: [], nextMarker: '' })
  },
)

it('an empty page with a marker is not the last one', () => {
  expect(parseListPage(page('<Blobs/><NextMarker>m</NextMarker>'))).toEqual({ paths: [], nextMarker: 'm' })
})

it('XML escapes in names are decoded once', () => {
  const listing = page('<Blobs><Blob><Name>a&amp;lt;b&gt; &quot;c&apos;</Name></Blob></Blobs>')

  expect(parseListPage(listing)?.paths).toEqual(['a&lt;b> "c\''])
})

it.each(['', '<html><Name>a</Name></html>', '<EnumerationResults><Blobs><Blob><Name>a</Name>'])(
  'takes "%s" for no listing',
  (text) => {
    expect(parseListPage(Buffer.from(text))).toBeNull()
  },
)
