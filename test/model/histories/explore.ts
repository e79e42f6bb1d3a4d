import fc from 'fast-check'
import { createCoverage } from '../coverage'
import { history } from './alphabet'
import { play } from './play'
import type { World } from '../world'

/** Events that an exploration must reach: below this share of the histories it has stopped to explore them. */
const minima: Readonly<Record<string, number>> = {
  'command: rejects-dropped': 0.02,
  duplicates: 0.01,
  outOfRange: 0.02,
  'held for invalid-rows': 0.02,
}

/** Histories of an author and an operator around the whole engine; after each step the world is as expected. */
export function exploreHistories({ seed, histories }: { seed: number; histories: number }): void {
  it(`${histories} random histories (seed ${seed}) of author and operator hide no difference and leave no job stuck`, async () => {
    const coverage = createCoverage()
    const property = fc.asyncProperty(history, async (drawn) => {
      const played: World[] = []
      try {
        await play(drawn, (world) => void played.push(world))
      } finally {
        for (const { seen } of played) coverage.add(seen)
      }
    })
    await fc.assert(property, { numRuns: histories, seed, verbose: fc.VerbosityLevel.Verbose })
    console.info(`Share of ${histories} histories with each event:\n${coverage.table()}`)
    expect(coverage.below(minima)).toEqual([])
  }, 900_000)
}
