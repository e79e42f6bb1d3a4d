import { defineAction } from '../../src/app-builder/define-action'
import { readRunParams } from '../../src/app-builder/run-params'
import { wire } from '../../src/app-builder/wire'
import { runJob } from '../../src/pipeline/run-job'

/** Works off what is due of one job. Woken by an alarm, by itself, or by a person. */
export const main = defineAction((context) => runJob(wire(context, readRunParams(context.params))))
