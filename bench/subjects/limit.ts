import { once } from 'node:events'
import { createGzip } from 'node:zlib'
import { measure, pagesOf, task } from './subject'

/** The limit: parsing the same pages and compressing the same text, and nothing in between. */
measure(async () => {
  let records = 0
  for await (const page of pagesOf()) records += page.length
  if (records !== task.rows) throw new Error(`${records} of ${task.rows} records`)
  const { count } = (await (await fetch(`${task.url}/uploads/count`)).json()) as { count: number }
  for (let index = 0; index < count; index += 1) {
    const text = Buffer.from(await (await fetch(`${task.url}/texts/${index}`)).arrayBuffer())
    const gzip = createGzip({ level: 6 })
    gzip.resume()
    gzip.end(text)
    await once(gzip, 'end')
  }
})
