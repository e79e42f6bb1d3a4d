import { exploreHistories } from './explore'

exploreHistories({ seed: 1, histories: 800 })
