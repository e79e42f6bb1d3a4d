import { overClassifications, writeClassificationFiles } from './classifications-subject'
import { exploreDeliveries } from './explore-deliveries'
import { everyTick } from './time'

beforeAll(writeClassificationFiles)

exploreDeliveries({
  ...{ what: 'Classifications over the emulated service', open: overClassifications, idle: everyTick },
  ...{ seed: 41, schedules: 3_000 },
  minima: {
    accepted: 0.5,
    'confirmed by poll': 0.5,
    'retry-scheduled': 0.3,
    held: 0.08,
    crashed: 0.08,
    frozen: 0.3,
    // Each batch takes several requests, of which only the commit can be in flight.
    'takeover with a request in flight': 0.05,
    'takeover with a request in flight of deletions alone': 0.015,
    'takeover with a request in flight of a deletion beside a value': 0.015,
    'in-doubt of deletions alone': 0.2,
    'in-doubt of a deletion beside a value': 0.2,
    'create: lost answer that took effect': 0.3,
    'upload: lost answer that took effect': 0.15,
    'upload: late effect': 0.08,
    'commit: lost answer that took effect': 0.2,
    'commit: late effect': 0.08,
    'commit: answer without its job': 0.08,
    'poll: lost answer': 0.15,
    'poll: job not listed yet': 0.4,
  },
})
