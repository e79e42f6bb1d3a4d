import { overDataSources, writeDataSourceFiles } from './data-sources-subject'
import { exploreDeliveries } from './explore-deliveries'

beforeAll(writeDataSourceFiles)

exploreDeliveries({
  ...{ what: 'Data Sources over the emulated service', open: overDataSources, seed: 21, schedules: 3_000 },
  minima: {
    accepted: 0.5,
    'confirmed by poll': 0.5,
  },
})
