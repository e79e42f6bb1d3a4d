import { upsert } from './delivery-subjects'
import { exploreDeliveries } from './explore-deliveries'

exploreDeliveries({
  ...{ what: 'upsert delivery', open: upsert, seed: 33, schedules: 3_000 },
  minima: {
    accepted: 0.5,
    'confirmed by poll': 0.5,
    'retry-scheduled': 0.3,
    'in-doubt of deletions alone': 0.3,
    'in-doubt of a deletion beside a value': 0.3,
    'takeover with a request in flight of deletions alone': 0.05,
    'takeover with a request in flight of a deletion beside a value': 0.05,
  },
})
