import { gunzipSync, gzipSync } from 'node:zlib'
import {
  splitJsonLines,
  unpackAsArray,
  unpackBetween,
} from '../../../../src/destinations/classifications/json-lines'

const twoLines = '{"key":"b"}\r\n{"key":"b","action":"delete-field"}\n'
const text = `{"key":"a"}\n${twoLines}{"key":"c"}\n`

it('a file is cut between rows, never between the two lines of one', async () => {
  const halves = await splitJsonLines(gzipSync(text))

  expect(halves?.map(({ rows }) => rows)).toEqual([1, 2])
  expect(halves?.map(({ bytes }) => gunzipSync(bytes).toString())).toEqual([
    '{"key":"a"}\n',
    `${twoLines}{"key":"c"}\n`,
  ])
})

it('a file is cut in the middle where its text comes in many chunks', async () => {
  const rows = Array.from(
    { length: 20_001 },
    (_, index) => `{"key":"${index}"}\r\n{"n":"${Math.sin(index)}"}\n`,
  )

  const halves = await splitJsonLines(gzipSync(rows.join('')))

  expect(halves?.map(({ bytes }) => gunzipSync(bytes).toString())).toEqual([
    rows.slice(0, 10_000).join(''),
    rows.slice(10_000).join(''),
  ])
})

it('a row of two lines does not split', async () => {
  expect(await splitJsonLines(gzipSync(twoLines))).toBeNull()
})

it('the lines become an array that is the JSON of each of them', async () => {
  const { body, lines } = await unpackAsArray('{"dataFormat":"json","data":', gzipSync(text))

  expect(lines).toBe(4)
  expect(JSON.parse(body.toString())).toEqual({
    dataFormat: 'json',
    data: [{ key: 'a' }, { key: 'b' }, { key: 'b', action: 'delete-field' }, { key: 'c' }],
  })
})

it('the text is unpacked between head and tail as it is', async () => {
  const { body, lines } = await unpackBetween('head', gzipSync(text), 'tail')

  expect(body.toString()).toBe(`head${text}tail`)
  expect(lines).toBe(4)
})
