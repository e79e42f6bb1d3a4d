import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { send } from './peer'
import { measure, task } from './subject'

/** Numbers stay the text that they were: DuckDB would write 12.0 for 12. */
const types = `{
  id: 'VARCHAR',
  "at": 'TIMESTAMP',
  visitor: 'VARCHAR',
  customer: 'STRUCT(city VARCHAR, segment VARCHAR, note VARCHAR)',
  payment: 'STRUCT("method" VARCHAR, currency VARCHAR, total VARCHAR)',
  products: 'STRUCT(sku VARCHAR, name VARCHAR, quantity VARCHAR, price VARCHAR)[]'
}`

const select = (files: string) => `
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
  FROM read_json('${files}', format = 'array', columns = ${types}) AS o`

/** The upper anchor: native code on two threads, from pages on the disk to gzip CSV on the disk, nothing checked. */
measure(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-duckdb-'))
  const file = join(folder, 'rows.csv.gz')
  try {
    await download(folder)
    const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
    const connection = await instance.connect()
    await connection.run(
      `COPY (${select(join(folder, '*.json'))}) TO '${file}' (FORMAT csv, HEADER, COMPRESSION gzip)`,
    )
    return await send(await readFile(file))
  } finally {
    await rm(folder, { recursive: true })
  }
})

const pagesPerFile = 50
const dataStart = '{"data":['.length

/**
 * Arrays of orders, unparsed, in several files so that both threads have something to read: the last bytes of a page
 * say which one is next.
 */
async function download(folder: string): Promise<void> {
  let parts: Buffer[] = []
  let files = 0

  async function writeOut(): Promise<void> {
    const list = parts.flatMap((part, index) => [Buffer.from(index === 0 ? '[' : ','), part])
    const name = `${String(files).padStart(4, '0')}.json`
    await writeFile(join(folder, name), Buffer.concat([...list, Buffer.from(']')]))
    parts = []
    files += 1
  }

  for (let next: string | undefined = '0'; next !== undefined;) {
    const response: Response = await fetch(`${task.url}/orders?rows=${task.rows}&page=${next}`)
    const bytes: Buffer = Buffer.from(await response.arrayBuffer())
    const dataEnd = bytes.lastIndexOf('],"next":')
    parts.push(bytes.subarray(dataStart, dataEnd))
    next = /"next":"(\d+)"/.exec(bytes.toString('latin1', dataEnd))?.[1]
    if (parts.length === pagesPerFile) await writeOut()
  }
  if (parts.length > 0) await writeOut()
}
