import { named } from './delivery-subjects'
import { exploreDeliveries } from './explore-deliveries'

exploreDeliveries({
  ...{ what: 'named delivery', open: named, seed: 32, schedules: 3_000 },
  minima: {
    accepted: 0.5,
    'confirmed by poll': 0.5,
  },
})
