import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { apiKey, namespace, startPlatform } from '../../emulators/local/platform'
import { demoPace } from '../../emulators/local/root'
import { median, rounded } from '../measurement'
import { buildPeers, buildProduct } from './build-actions'
import type { Platform } from '../../emulators/local/platform'
import type { Measurement } from '../measurement'
import type { BuiltAction } from './build-actions'

interface ColdStart {
  readonly initMs: number
  readonly firstRunMs: number
  readonly cpuSeconds: number
  readonly peakRssMB: number
  readonly result: unknown
}

interface Candidate extends BuiltAction {
  readonly subject: string
}

const program = join(__dirname, 'fresh-process.js')
const warmProgram = join(__dirname, 'warm-process.js')
const execute = promisify(execFile)
const ticks = 50
/** Ten jobs, each woken every five minutes for thirty days, in actions of 256 MB. */
const month = { ticks: 10 * 12 * 24 * 30, gigabytes: 0.256 }

/** Each built action in a process that has nothing else loaded; `run-job` finds that nothing is due. */
export async function coldStart(runs: number): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-actions-'))
  const platform = await startPlatform({ settings: demoPace })
  try {
    const product = await buildProduct(folder)
    const peers = await buildPeers(folder)
    const candidates: Candidate[] = [
      ...product.map((action) => ({ ...action, subject: 'analytics-ingest' })),
      ...peers.map((action) => ({ ...action, subject: action.name })),
    ]
    await workOff(candidates, platform)
    return [...(await measureAll(candidates, platform, runs)), await idleTick(candidates, platform)]
  } finally {
    await platform.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** So that the measured ticks are what most ticks are: nothing is due. */
async function workOff(candidates: readonly Candidate[], platform: Platform): Promise<void> {
  const runJob = candidates.find(({ name }) => name === 'run-job')
  if (!runJob) throw new Error('There is no action run-job.')
  const { result } = await start(runJob, platform)
  const { outcome } = result as { outcome?: string }
  if (outcome !== 'succeeded') throw new Error(`The first run did not succeed: ${JSON.stringify(result)}`)
}

async function measureAll(
  candidates: readonly Candidate[],
  platform: Platform,
  runs: number,
): Promise<Measurement[]> {
  const starts = new Map<Candidate, ColdStart[]>(candidates.map((candidate) => [candidate, []]))
  // One more, which does not count: it brings the files into the page cache.
  for (let round = 0; round <= runs; round += 1) {
    for (const [candidate, measured] of starts) {
      const coldStart = await start(candidate, platform)
      if (round > 0) measured.push(coldStart)
    }
  }
  return [...starts].map(([candidate, measured]) => measurementOf(candidate, measured))
}

interface Tick {
  readonly ms: number
  readonly cpuMs: number
  readonly outcome: string
  readonly rows: number
}

/** What most activations are: the container is warm, and the source has nothing new. */
async function idleTick(candidates: readonly Candidate[], platform: Platform): Promise<Measurement> {
  const runJob = candidates.find(({ name }) => name === 'run-job')
  if (!runJob) throw new Error('There is no action run-job.')
  const requests = () => requestsTo(platform)
  const before = requests()
  const measured = (await callAction(runJob, platform, warmProgram, String(ticks))) as readonly Tick[]
  const odd = measured.find(({ outcome, rows }) => outcome !== 'succeeded' || rows > 0)
  if (odd) throw new Error(`A tick was not idle: ${JSON.stringify(odd)}`)
  const ms = median(measured.map((tick) => tick.ms))
  return {
    ...{ bench: 'cold-start', subject: 'analytics-ingest', action: 'run-job, warm, nothing new' },
    ...{ rows: 0, rowsPerSecond: 0, cpuMicrosecondsPerRow: 0, peakRssMB: 0, runs: ticks },
    cpuSeconds: rounded(median(measured.map(({ cpuMs }) => cpuMs)) / 1000, 4),
    tickMs: rounded(ms, 1),
    // The first call also fetches the grant for Files.
    requestsPerTick: Math.floor((requests() - before) / ticks),
    gigabyteSecondsPerMonth: rounded((ms / 1000) * month.gigabytes * month.ticks, 0),
  }
}

/** Of every service, since the platform began. */
function requestsTo({ files, tvm, ims, partner, analytics, state }: Platform): number {
  const services = [files, tvm, ims, partner, analytics, state]
  return services.reduce((sum, { requests }) => sum + requests.length, 0)
}

async function start(candidate: Candidate, platform: Platform): Promise<ColdStart> {
  return (await callAction(candidate, platform, program)) as ColdStart
}

/** Runs a program that loads the action and calls it; returns what it prints last. */
async function callAction(
  { name, folder }: Candidate,
  { inputs, state, openwhisk }: Platform,
  script: string,
  ...more: readonly string[]
): Promise<unknown> {
  const params = name === 'run-job' ? { ...inputs, job: 'flights' } : inputs
  const { stdout } = await execute(process.execPath, [script, folder, JSON.stringify(params), ...more], {
    env: {
      PATH: process.env.PATH ?? '',
      AIO_STATE_ENDPOINT: state.url,
      __OW_API_HOST: openwhisk.url,
      __OW_API_KEY: apiKey,
      __OW_NAMESPACE: namespace,
      __OW_ACTION_NAME: `/${namespace}/analytics-ingest/${name}`,
      __OW_ACTIVATION_ID: 'bench',
      __OW_DEADLINE: String(Date.now() + 600_000),
    },
  })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

function measurementOf({ subject, name, zipBytes }: Candidate, starts: readonly ColdStart[]): Measurement {
  const of = (figure: (start: ColdStart) => number, digits: number) =>
    rounded(median(starts.map(figure)), digits)
  return {
    bench: 'cold-start',
    subject,
    action: name,
    rows: 0,
    rowsPerSecond: 0,
    cpuMicrosecondsPerRow: 0,
    cpuSeconds: of(({ cpuSeconds }) => cpuSeconds, 3),
    peakRssMB: of(({ peakRssMB }) => peakRssMB, 1),
    runs: starts.length,
    zipKB: rounded(zipBytes / 1024, 1),
    initMs: of(({ initMs }) => initMs, 1),
    firstRunMs: of(({ firstRunMs }) => firstRunMs, 1),
  }
}
