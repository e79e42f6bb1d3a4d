import { defineWebAction } from '../../src/app-builder/web/define-web-action'
import { trigger } from '../../src/app-builder/web/trigger'

/** The same job that the alarm runs, for a person who is logged in. */
export const main = defineWebAction(trigger)
