import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { gzipFile, pagesOf } from './peer'
import { measure, task } from './subject'

/** The limit: parsing the same pages and compressing the same text, side by side, and nothing in between. */
measure(async () => {
  const text = await readFile(task.text)
  const { gzip, bytes } = gzipFile()
  let records = 0
  for await (const page of pagesOf()) {
    const from = textAt(text, records)
    records += page.length
    const to = textAt(text, records)
    // The text goes round where there are more rows than it has.
    const parts = to > from ? [text.subarray(from, to)] : [text.subarray(from), text.subarray(0, to)]
    for (const part of parts) if (!gzip.write(part)) await once(gzip, 'drain')
  }
  gzip.end()
  await bytes
  if (records !== task.rows) throw new Error(`${records} of ${task.rows} records`)
  return {}
})

function textAt(text: Buffer, records: number): number {
  const share = (records / task.textRows) % 1
  return records > 0 && share === 0 ? text.length : Math.floor(share * text.length)
}
