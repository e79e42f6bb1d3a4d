import { exploreRandomSchedules } from './explore'

exploreRandomSchedules(4)
