import fc from '../../fixtures/fast-check'
import { createCoverage } from '../coverage'
import { history } from './alphabet'
import { play } from './play'
import type { World } from '../world'

/** Events that an exploration must reach: below this share of the histories it has stopped to explore them. */
const minima: Readonly<Record<string, number>> = {
  takeover: 0.1,
  crashed: 0.1,
  frozen: 0.1,
  'confirmed by lookup': 0.1,
  'partial: deadline': 0.05,
  'partial: lease-lost': 0.05,
  held: 0.08,
  'held for rejected': 0.05,
  'held for invalid-rows': 0.02,
  'retry-scheduled': 0.02,
  split: 0.05,
  regrouped: 0.08,
  'partial: regrouping': 0.05,
  'command: regrouping-waived': 0.03,
  'definition continued': 0.04,
  'forced backfill': 0.08,
  'backfill without force': 0.02,
  'command: replay': 0.08,
  'command: rejects-dropped': 0.02,
  'skipped: command-repeated': 0.05,
  healed: 0.05,
  duplicates: 0.01,
  late: 0.08,
  filtered: 0.1,
  behind: 0.04,
  outOfRange: 0.02,
  'failed: too-many-rejects': 0.05,
  'partial: all-rejected': 0.1,
  'failed: source-unreachable': 0.08,
  'store read failed': 0.1,
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
