import { exploreHistories } from './explore'

exploreHistories({ seed: 11, histories: 120 })
