import { exploreHistories } from './explore'

exploreHistories({ seed: 2, histories: 800 })
