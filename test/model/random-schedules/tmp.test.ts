import { exploreRandomSchedules } from './explore'
exploreRandomSchedules({ seed: 21, schedules: 600 })
