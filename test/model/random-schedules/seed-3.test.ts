import { exploreRandomSchedules } from './explore'

exploreRandomSchedules(3)
