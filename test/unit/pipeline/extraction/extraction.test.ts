import { startExtraction } from '../../../../src/pipeline/extraction/extraction'
import type { ExtractionControl } from '../../../../src/pipeline/extraction/extraction'

/** Extraction whose work is done by hand. */
function extraction(runSignal = new AbortController().signal) {
  let control: ExtractionControl | null = null
  let finish: (end: string) => void = () => undefined
  let fail: (error: Error) => void = () => undefined
  const started = startExtraction((given) => {
    control = given
    return new Promise<string>((resolve, reject) => ([finish, fail] = [resolve, reject]))
  }, runSignal)
  if (!control) throw new RangeError('the work has not begun')
  return { ...started, control: control as ExtractionControl, finish, fail }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

it('extraction works until its work ends, and gives its end', async () => {
  const { status, finish, end } = extraction()
  expect(status()).toBe('working')
  finish('exhausted')

  expect(await end).toEqual({ kind: 'ended', end: 'exhausted' })
  expect(status()).toBe('ended')
})

it('extraction that fails ends with its error', async () => {
  const { fail, end } = extraction()
  const error = new Error('The source is down.')
  fail(error)

  expect(await end).toEqual({ kind: 'fault', error })
})

it('a wait for room is announced, and work after it as well', async () => {
  const { control, status, changed } = extraction()
  let makeRoom: () => void = () => undefined
  const announced = changed()
  const waited = control.waiting(new Promise((resolve) => (makeRoom = resolve)))
  await announced
  expect(status()).toBe('waiting')
  const resumed = changed()
  makeRoom()
  await resumed
  await waited

  expect(status()).toBe('working')
})

it.each(['close', 'stop'] as const)('a wait for room ends when the run asks to %s', async (how) => {
  const run = extraction()
  const waited = run.control.waiting(new Promise(() => undefined))
  run[how]()

  await expect(waited).resolves.toBeUndefined()
  expect(run.control.isClosing()).toBe(how === 'close')
  expect(run.control.signal.aborted).toBe(how === 'stop')
})

it('nothing waits for room once the run is closing', async () => {
  const { control, close, status } = extraction()
  close()
  await control.waiting(new Promise(() => undefined))

  expect(status()).toBe('working')
})

it('extraction that was stopped ends as stopped, whatever its work throws then', async () => {
  const { stop, fail, end } = extraction()
  stop()
  fail(new Error('aborted'))

  expect(await end).toEqual({ kind: 'stopped' })
})

it('an error of extraction while the run is aborted is a fault, not a stop', async () => {
  const run = new AbortController()
  const { fail, end, control } = extraction(run.signal)
  run.abort(new Error('the lease is lost'))
  expect(control.signal.aborted).toBe(true)
  const error = new Error('aborted')
  fail(error)

  expect(await end).toEqual({ kind: 'fault', error })
})

it('extraction that has ended announces nothing any more', async () => {
  const { finish, end, changed } = extraction()
  finish('exhausted')
  await end
  let announced = false
  void changed().then(() => (announced = true))
  await settled()

  expect(announced).toBe(false)
})
