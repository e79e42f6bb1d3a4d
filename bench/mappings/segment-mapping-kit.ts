import { measureMapping } from './mapping'
import { segmentHit } from './segment-hit'

measureMapping(segmentHit, (hit) => hit)
