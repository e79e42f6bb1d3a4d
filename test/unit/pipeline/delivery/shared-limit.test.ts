import { deliver } from '../../../../src/pipeline/delivery/deliver'
import { answeringDestination } from '../../../fixtures/answering-destination'
import { deliveryWorld, staged } from '../../../fixtures/delivery-world'
import { createTime } from '../../../model/time'
import type { ExtractionStatus } from '../../../../src/pipeline/extraction-status'

const minute = 60_000
const runs = 8
const batchesOfRun = 24
const ended: ExtractionStatus = { status: () => 'ended', changed: () => Promise.resolve() }

/** Runs side by side, whose destination takes one request a second of all of them together. */
function sideBySide(retryAfterMs: number | null) {
  const time = createTime()
  const seen = { takenAt: -Infinity, refusals: 0 }
  const worlds = Array.from({ length: runs }, (_, index) => {
    const run = `run-of-job-${index}`
    const { open, lines } = answeringDestination({
      send() {
        if (time.now() - seen.takenAt >= 1_000) {
          seen.takenAt = time.now()
          return { kind: 'accepted' }
        }
        seen.refusals += 1
        return { kind: 'throttled', retryAfterMs }
      },
    })
    const entries = Array.from({ length: batchesOfRun }, (_entry, batch) =>
      staged(`${index}.${batch}`, { partition: `p${batch % 4}` }),
    )
    return { lines, world: deliveryWorld({ destination: open, entries, time, run }) }
  })
  return { time, worlds, seen }
}

it.each([
  ['without Retry-After', null],
  ['with Retry-After', 1_000],
])(
  'eight runs that share a limit of one request a second (429 %s) send every batch once, and none fails',
  async (_what, retryAfterMs) => {
    const { time, worlds, seen } = sideBySide(retryAfterMs)
    const startedAt = time.now()
    const ends = worlds.map(async ({ world }) => {
      let end = await deliver(world.context, ended)
      // A run that ends as waiting goes on at the next alarm.
      for (; end.kind === 'waiting'; end = await deliver(world.context, ended)) await time.sleep(15 * minute)
      return end
    })
    expect(await time.runUntil(Promise.all(ends), 24 * 60 * minute)).toBe(true)

    expect(await Promise.all(ends)).toEqual(Array(runs).fill({ kind: 'drained' }))
    for (const { lines } of worlds) {
      expect(lines).toHaveLength(batchesOfRun * 2)
      expect(new Set(lines).size).toBe(lines.length)
    }
    // The limit alone takes 192 s. Where a run gave up, or did not pause as a whole, one of the two is several times as much.
    expect(time.now() - startedAt).toBeLessThan(6 * minute)
    expect(seen.refusals).toBeLessThan(runs * batchesOfRun)
    expect(seen.refusals).toBeGreaterThan(runs)
  },
)
