import { pageSize } from './orders'

export const benches = ['end-to-end', 'mapping', 'cold-start', 'scale', 'scale-out', 'decoding'] as const
export type Bench = (typeof benches)[number]

export const heapNames = ['machine', 'action'] as const
/** The heap that Node chooses on this machine, or in an action of 256 MB. */
export type Heap = (typeof heapNames)[number]

export interface Options {
  /** One line of JSON for each measurement, and nothing else on stdout. */
  readonly json: boolean
  /** Rows of the end-to-end and decoding runs; null for the default sizes. */
  readonly rows: number | null
  /** How often each subject runs; the median counts. */
  readonly runs: number
  readonly only: Bench | null
  /** The largest size of the scale runs. */
  readonly scale: number
  /** Of the subjects in end-to-end and scale runs. */
  readonly heap: Heap
}

/**
 * `--json`, `--rows N`, `--runs N`, `--only BENCH`, `--scale N`, `--heap machine|action`.
 * @throws RangeError where an option is not understood
 */
export function readOptions(args: readonly string[]): Options {
  const values = new Map<string, string>()
  for (let at = 0; at < args.length; at += 1) {
    const name = args[at] ?? ''
    if (!['--json', '--rows', '--runs', '--only', '--scale', '--heap'].includes(name)) {
      throw new RangeError(`${name} is no option of the benchmark.`)
    }
    values.set(name, name === '--json' ? 'true' : (args[(at += 1)] ?? ''))
  }
  const only = values.get('--only')
  const bench = benches.find((name) => name === only)
  if (only !== undefined && !bench) throw new RangeError(`--only is one of ${benches.join(', ')}.`)
  const heap = heapNames.find((name) => name === (values.get('--heap') ?? 'machine'))
  if (!heap) throw new RangeError(`--heap is one of ${heapNames.join(', ')}.`)
  const rows = values.get('--rows')
  return {
    json: values.has('--json'),
    rows: rows === undefined ? null : positive('--rows', rows, pageSize),
    runs: positive('--runs', values.get('--runs') ?? '5', 1),
    only: bench ?? null,
    scale: positive('--scale', values.get('--scale') ?? '1000000', pageSize),
    heap,
  }
}

function positive(name: string, text: string, step: number): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0 && value % step === 0) return value
  throw new RangeError(`${name} must be a multiple of ${step}.`)
}
