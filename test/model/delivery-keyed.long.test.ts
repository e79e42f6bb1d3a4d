import { keyed } from './delivery-subjects'
import { exploreDeliveries } from './explore-deliveries'

exploreDeliveries({
  ...{ what: 'keyed delivery', open: keyed, seed: 31, schedules: 3_000 },
  minima: {
    'confirmed by lookup': 0.4,
    'confirmed by answer': 0.5,
  },
})
