import { exploreHistories } from './explore'

exploreHistories({ seed: 4, histories: 800 })
