import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { openGzipBatch } from '../../../src/destinations/gzip-file'

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')

it('a gzip batch holds its header and lines, counted and hashed before and after compression', async () => {
  const file = openGzipBatch('a,b\r\n')
  file.append('1,ü\r\n')
  file.append('2,y\r\n')

  const { bytes, rows, ...hashes } = await file.finish()

  const text = 'a,b\r\n1,ü\r\n2,y\r\n'
  expect(gunzipSync(bytes).toString()).toBe(text)
  expect(rows).toBe(2)
  expect(hashes).toEqual({ sha256: sha256(bytes), contentSha256: sha256(text) })
})

it('a gzip batch reports its sizes while it grows, so that a limit can close it', async () => {
  const file = openGzipBatch('')
  for (let row = 0; row < 20_000; row += 1) {
    file.append(`${createHash('sha256').update(String(row)).digest('hex')}\n`)
    await file.drained()
  }

  expect(file.rows).toBe(20_000)
  expect(file.textBytes).toBe(20_000 * 65)
  expect(file.storedBytes).toBeGreaterThan(200_000)
  expect((await file.finish()).bytes.length).toBeGreaterThanOrEqual(file.storedBytes)
})
