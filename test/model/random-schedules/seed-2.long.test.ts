import { exploreRandomSchedules } from './explore'

exploreRandomSchedules({ seed: 2, schedules: 2_500 })
