import { jmespathHit } from './jmespath-hit'
import { measureMapping } from './mapping'

measureMapping(jmespathHit, (hit) => hit)
