import { exploreHistories } from './explore'
exploreHistories({ seed: 21, histories: 600 })
