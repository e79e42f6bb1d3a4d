import {
  classifications,
  csv,
  defineJob,
  fileSource,
  fullRefresh,
  gzip,
  input,
  s3,
  secret,
  z,
} from '../../src'

/** The shop's nightly product feed, a whole copy in each file, classifies the SKUs of an eVar. */
export const productFeed = defineJob({
  name: 'product-feed',
  source: fileSource({
    store: s3({
      endpoint: input('FEED_S3_ENDPOINT'),
      bucket: 'product-feeds',
      region: 'eu-central-1',
      accessKeyId: input('FEED_S3_ACCESS_KEY_ID'),
      secretAccessKey: secret('FEED_S3_SECRET_ACCESS_KEY'),
      addressing: 'path',
    }),
    pick: { pattern: 'nightly/products-{yyyy}{MM}{dd}.csv.gz' },
    newestOnly: true,
    decoder: gzip(csv({ delimiter: ';' })),
  }),
  sync: fullRefresh({ primaryKey: 'sku', onChange: 'send' }),
  record: z.object({ sku: z.string().min(1), name: z.string(), brand: z.string(), category: z.string() }),
  map: ({ sku, name, brand, category }) => ({ key: sku, Name: name, Brand: brand, Category: category }),
  destination: classifications({
    reportSuite: input('ANALYTICS_REPORT_SUITE'),
    variable: 'eVar5',
    columns: ['Name', 'Brand', 'Category'],
  }),
})
