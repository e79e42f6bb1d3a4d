import { exploreRandomSchedules } from './explore'

exploreRandomSchedules({ seed: 1, schedules: 2_500 })
