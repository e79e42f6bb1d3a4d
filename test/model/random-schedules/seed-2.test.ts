import { exploreRandomSchedules } from './explore'

exploreRandomSchedules(2)
