import { exploreRandomSchedules } from './explore'

exploreRandomSchedules({ seed: 3, schedules: 2_500 })
