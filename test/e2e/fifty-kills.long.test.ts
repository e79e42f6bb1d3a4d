import { reportSuite } from '../../emulators/local/platform'
import { shortLease, startDeployedApp } from '../fixtures/deployed-app'
import { expectedFlights, uploadedFlights } from '../fixtures/stored-flights'

const kills = 50
/** Small batches, so that there is always something left to be killed in. */
const settings = { ...shortLease, batchRows: 25 }

/** Repeatable: each kill comes after so many more requests of the action. */
function nextCount(seed: { value: number }): number {
  seed.value = (seed.value * 1_103_515_245 + 12_345) % 2_147_483_648
  return 1 + (seed.value % 12)
}

it(`${kills} kills at random moments of a run neither lose nor duplicate nor reorder a row`, async () => {
  const app = await startDeployedApp(settings)
  const { platform } = app
  const seed = { value: 20_261_121 }
  let killed = 0
  try {
    for (let ticks = 0; killed < kills && ticks < 400; ticks += 1) {
      let left = nextCount(seed)
      const kill = () => platform.openwhisk.activations.killAll()
      platform.files.once(
        { kind: 'call', when: ticks % 2 ? 'before' : 'after', effect: kill },
        () => --left === 0,
      )
      platform.analytics.once(
        { kind: 'call', when: ticks % 2 ? 'after' : 'before', effect: kill },
        () => --left === 0,
      )
      if ((await app.tick()) === null) killed += 1
      else await new Promise((resolve) => setTimeout(resolve, 300))
    }
    platform.files.disarm()
    platform.analytics.disarm()
    await app.tickUntilDone()

    expect(killed).toBe(kills)
    expect(uploadedFlights(platform.analytics)).toEqual(expectedFlights(platform.partner))
    expect(platform.analytics.suites.outOfOrder(reportSuite)).toEqual([])
  } finally {
    await platform.stop()
  }
}, 400_000)
