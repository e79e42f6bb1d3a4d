import { exploreHistories } from './explore'

exploreHistories({ seed: 3, histories: 800 })
