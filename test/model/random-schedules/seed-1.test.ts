import { exploreRandomSchedules } from './explore'

exploreRandomSchedules(1)
