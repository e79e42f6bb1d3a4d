import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { send } from './peer'
import { measure, task } from './subject'

/** Numbers stay the text that they were: DuckDB would write 12.0 for 12. */
const page = [
  `STRUCT(id VARCHAR, "at" TIMESTAMP, visitor VARCHAR`,
  `customer STRUCT(city VARCHAR, segment VARCHAR, note VARCHAR)`,
  `payment STRUCT("method" VARCHAR, currency VARCHAR, total VARCHAR)`,
  `products STRUCT(sku VARCHAR, name VARCHAR, quantity VARCHAR, price VARCHAR)[])[]`,
].join(', ')

const select = (file: string) => `
  SELECT
    epoch(o."at")::BIGINT AS timestamp,
    o.visitor AS marketingCloudVisitorID,
    'bench/1.0' AS userAgent,
    'o' AS linkType,
    'order' AS linkName,
    o.id AS transactionID,
    o.customer.city AS eVar1,
    o.customer.segment AS eVar2,
    o.customer.note AS eVar3,
    o.payment."method" AS eVar4,
    o.products[1].sku AS eVar5,
    o.customer.city AS prop1,
    o.payment."method" AS prop2,
    o.payment.currency AS currencyCode,
    array_to_string(
      list_transform(o.products, lambda p:
        ';' || regexp_replace(p.name, '[;,|]', ' ', 'g') || ';' || p.quantity || ';' || p.price),
      ','
    ) AS products,
    'purchase,event1=' || o.payment.total AS events,
    'bench' AS reportSuiteID
  FROM (
    SELECT unnest(data) AS o
    FROM read_json('${file}', format = 'newline_delimited', columns = {data: '${page}'}, maximum_object_size = 16777216)
  )`

/** The upper anchor: native code on two threads, from pages on the disk to gzip CSV on the disk, nothing checked. */
measure(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-duckdb-'))
  const pages = join(folder, 'pages.json')
  const file = join(folder, 'rows.csv.gz')
  try {
    await download(pages)
    const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
    const connection = await instance.connect()
    await connection.run(`COPY (${select(pages)}) TO '${file}' (FORMAT csv, HEADER, COMPRESSION gzip)`)
    return await send(await readFile(file))
  } finally {
    await rm(folder, { recursive: true })
  }
})

/** One page a line, unparsed: the last bytes say which page is next. */
async function download(path: string): Promise<void> {
  const output = createWriteStream(path)
  for (let next: string | undefined = '0'; next !== undefined;) {
    const response: Response = await fetch(`${task.url}/orders?rows=${task.rows}&page=${next}`)
    const bytes: Buffer = Buffer.from(await response.arrayBuffer())
    next = /"next":"(\d+)"\}$/.exec(bytes.toString('latin1', bytes.length - 40))?.[1]
    output.write(bytes)
    if (!output.write('\n')) await once(output, 'drain')
  }
  output.end()
  await once(output, 'finish')
}
