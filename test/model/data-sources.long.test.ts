import { overDataSources, writeDataSourceFiles } from './data-sources-subject'
import { exploreDeliveries } from './explore-deliveries'

beforeAll(writeDataSourceFiles)

exploreDeliveries({
  ...{ what: 'Data Sources over the emulated service', open: overDataSources, seed: 21, schedules: 3_000 },
  minima: {
    takeover: 0.2,
    'takeover with a request in flight': 0.08,
    'lease-lost': 0.1,
    'lease-held': 0.3,
    'in-doubt': 0.4,
    'returned-to-staged': 0.3,
    accepted: 0.5,
    'confirmed by poll': 0.5,
  },
})
