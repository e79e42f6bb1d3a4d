import { startExtraction } from '../../../../src/pipeline/extraction/extraction'
import type { Extraction, ExtractionControl } from '../../../../src/pipeline/extraction/extraction'

/** Extraction whose work is done by hand. */
interface ByHand {
  readonly run: Extraction<string>
  readonly control: ExtractionControl
  readonly finish: (end: string) => void
  readonly fail: (error: Error) => void
}

function extraction(runSignal = new AbortController().signal): ByHand {
  const work: Partial<Record<'control' | 'finish' | 'fail', unknown>> = {}
  const run = startExtraction(
    (control) => new Promise<string>((finish, fail) => Object.assign(work, { control, finish, fail })),
    runSignal,
  )
  return { run, ...(work as Omit<ByHand, 'run'>) }
}

it('extraction works until its work ends, and gives its end', async () => {
  const { run, finish } = extraction()
  expect(run.status()).toBe('working')
  finish('exhausted')

  expect(await run.end).toEqual({ kind: 'ended', end: 'exhausted' })
  expect(run.status()).toBe('ended')
})

it('extraction that fails ends with its error', async () => {
  const { run, fail } = extraction()
  const error = new Error('The source is down.')
  fail(error)

  expect(await run.end).toEqual({ kind: 'fault', error })
})

it('a wait for room is announced, and work after it as well', async () => {
  const { run, control } = extraction()
  let makeRoom: () => void = () => undefined
  const announced = run.changed()
  const waited = control.waiting(new Promise((resolve) => (makeRoom = resolve)))
  await announced
  expect(run.status()).toBe('waiting')
  const resumed = run.changed()
  makeRoom()
  await resumed
  await waited

  expect(run.status()).toBe('working')
})

it.each(['close', 'stop'] as const)('a wait for room ends when the run asks to %s', async (how) => {
  const { run, control } = extraction()
  const waited = control.waiting(new Promise(() => undefined))
  run[how]()

  await expect(waited).resolves.toBeUndefined()
  expect(control.isClosing()).toBe(how === 'close')
  expect(control.signal.aborted).toBe(how === 'stop')
})

it('nothing waits for room once the run is closing', async () => {
  const { run, control } = extraction()
  run.close()
  await control.waiting(new Promise(() => undefined))

  expect(run.status()).toBe('working')
})

it('extraction that was stopped ends as stopped, whatever its work throws then', async () => {
  const { run, fail } = extraction()
  run.stop()
  fail(new Error('aborted'))

  expect(await run.end).toEqual({ kind: 'stopped' })
})

it('an error of extraction while the run is aborted is a fault, not a stop', async () => {
  const aborted = new AbortController()
  const { run, fail, control } = extraction(aborted.signal)
  aborted.abort(new Error('the lease is lost'))
  expect(control.signal.aborted).toBe(true)
  const error = new Error('aborted')
  fail(error)

  expect(await run.end).toEqual({ kind: 'fault', error })
})

it('extraction that has ended announces nothing any more', async () => {
  const { run, finish } = extraction()
  finish('exhausted')
  await run.end
  let announced = false
  void run.changed().then(() => (announced = true))
  await new Promise((resolve) => setImmediate(resolve))

  expect(announced).toBe(false)
})
