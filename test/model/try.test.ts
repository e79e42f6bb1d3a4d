import { runJob } from '../../src/pipeline/run-job'
import { benign } from './choices'
import { tickUntilDone } from './operator'
import { recordsFor } from './records'
import { clean, verdict } from './verdict'
import { createWorld, documentOf } from './world'
it.each(['incremental','sliced','full-refresh','pages'] as const)('%s', async (mode) => {
  for (const kind of ['keyed','named','upsert'] as const) {
    const world = createWorld({ records: recordsFor(24, {spacing: mode==='sliced'? 20: 1}), choices: benign, runJob, shape: { mode, kind } })
    const t = performance.now()
    const done = await tickUntilDone(world)
    console.log(mode, kind, done, world.reports.length, JSON.stringify(world.reports.at(0)), [...world.seen].join(' | '), performance.now()-t)
    expect({ done, ...verdict(world) }).toEqual({ done: true, ...clean })
    documentOf(world)
  }
})
