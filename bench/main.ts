import { coldStart } from './cold-start/cold-start'
import { decodedRows, decoding } from './decoding'
import { endToEnd } from './end-to-end'
import { mapping } from './mapping'
import { readOptions } from './options'
import { installPeers } from './peers'
import { machine, printTables } from './report'
import { scale } from './scale'
import { scaleOut } from './scale-out/scale-out'
import type { Measurement } from './measurement'
import type { Bench } from './options'

const sizes = [200_000, 2_000_000]

/** Everything that was asked for, each measurement as soon as it is there. */
async function run(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  installPeers()
  // Before anything else is measured. Of what is written to stdout, `--json` has one line for each measurement alone.
  ;(options.json ? console.error : console.log)(machine())
  const wanted = (bench: Bench) => options.only === null || options.only === bench
  const all: Measurement[] = []

  function add(measurements: readonly Measurement[]): void {
    all.push(...measurements)
    if (options.json) for (const measurement of measurements) console.log(JSON.stringify(measurement))
  }

  if (wanted('end-to-end')) {
    for (const rows of options.rows === null ? sizes : [options.rows]) add(await endToEnd(rows, options))
  }
  if (wanted('mapping')) add(await mapping(options.runs))
  if (wanted('cold-start')) add(await coldStart(options.runs))
  if (wanted('scale')) add(await scale(options))
  if (wanted('scale-out')) add(await scaleOut())
  if (wanted('decoding')) add(await decoding(options.rows ?? decodedRows, options.runs))
  if (!options.json) printTables(all)
}

run().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
