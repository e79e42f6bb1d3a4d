import { exploreRandomSchedules } from './explore'

exploreRandomSchedules({ seed: 5, schedules: 60 })
