import { cases } from './cases'
import { exploreCrashes } from './crashes'

describe('a run that crashes at any await neither loses nor duplicates nor reorders a row:', () => {
  it.each(cases)('$mode, $kind', async (one) => {
    await exploreCrashes(one, { records: 8, freezeMs: Infinity, step: 1 })
  })
})

describe('a run that freezes at any await and wakes up as a zombie neither loses nor duplicates nor reorders a row:', () => {
  it.each(cases)('$mode, $kind', async (one) => {
    await exploreCrashes(one, { records: 8, freezeMs: 10 * 60_000, step: 1 })
  })
})
