import { cases } from './cases'
import { exploreCrashes } from './crashes'

// Every second and every fourth await: the long suite takes them all.
describe('a run that crashes at an await neither loses nor duplicates nor reorders a row:', () => {
  it.each(cases)('$mode, $kind', async (one) => {
    await exploreCrashes(one, { records: 8, freezeMs: Infinity, step: 2 })
  })
})

describe('a run that freezes at an await and wakes up as a zombie neither loses nor duplicates nor reorders a row:', () => {
  it.each(cases)('$mode, $kind', async (one) => {
    await exploreCrashes(one, { records: 8, freezeMs: 10 * 60_000, step: 4 })
  })
})
