import { plainHit } from '../subjects/plain-hit'
import { measureMapping } from './mapping'

/** The floor: an object literal. */
measureMapping(plainHit, (hit) => hit)
