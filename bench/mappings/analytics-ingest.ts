import { createCsvEncoder } from '../../src/destinations/bulk-data-insertion/csv-encoder'
import { columns } from '../orders'
import { mapOrder } from '../orders-job'
import { encodedTexts } from './encoded-texts'
import { measureMapping } from './mapping'

const encoder = createCsvEncoder({ columns, reportSuite: 'bench', groups: 1, allowVisitorId: false })

/** The product: its `map`, every rule for rows, and the line of CSV. */
measureMapping((order) => encoder.encode(mapOrder(order) as Record<string, unknown>), encodedTexts)
