import { exploreVanishing } from './explore'

exploreVanishing({ seed: 51, schedules: 3_000 })
