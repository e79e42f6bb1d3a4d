import { jsonataHit } from './jsonata-hit'
import { measureMapping } from './mapping'

measureMapping(jsonataHit, (hit) => hit)
