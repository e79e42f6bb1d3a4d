import { exploreRandomSchedules } from './explore'

exploreRandomSchedules({ seed: 4, schedules: 2_500 })
