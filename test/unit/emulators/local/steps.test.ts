import { sampleTable } from '../../../../emulators/local/results'
import { createSteps } from '../../../../emulators/local/steps'
import type { StepClock, StepOutput } from '../../../../emulators/local/steps'

/** An output that keeps what is written, and a clock that moves only when it is told to. */
function screen(isTTY: boolean) {
  const written: string[] = []
  const output: StepOutput = { isTTY, columns: 60, write: (text) => written.push(text) }
  let now = 0
  const runs = new Set<() => void>()
  const clock: StepClock = {
    now: () => now,
    every(_ms, run) {
      runs.add(run)
      return () => runs.delete(run)
    },
  }
  const pass = (ms: number) => {
    now += ms
    for (const run of runs) run()
  }
  return { written, steps: createSteps(output, clock), pass, running: () => runs.size }
}

it('a step without a terminal prints its begin, its progress and its end, each on a line of its own', async () => {
  const { written, steps, pass } = screen(false)

  const result = await steps.step(
    'Send',
    () => {
      pass(2_000)
      return Promise.resolve(7)
    },
    { progress: (passedMs) => `${passedMs / 1000} rows`, result: (rows) => `${rows} rows` },
  )

  expect(result).toBe(7)
  expect(written.join('')).toBe('▸ Send\n  2 rows\n✔ Send – 7 rows (2.0 s)\n')
})

it('a step on a terminal rewrites one line, which never exceeds the width', async () => {
  const { written, steps, pass } = screen(true)

  await steps.step(
    'Send',
    () => {
      pass(2_000)
      return Promise.resolve()
    },
    { progress: () => 'x'.repeat(100) },
  )

  const lines = written.map((text) => text.replace('\r\u001b[2K', ''))
  expect(written.every((text) => text.startsWith('\r\u001b[2K'))).toBe(true)
  expect(lines.slice(0, -1).map((line) => line.length)).toEqual([59, 59])
  expect(lines.at(-1)).toBe('✔ Send (2.0 s)\n')
})

it('a step that fails prints the failure, throws the error on, and stops its progress', async () => {
  const { written, steps, running } = screen(false)

  await expect(steps.step('Send', () => Promise.reject(new Error('refused')))).rejects.toThrow('refused')

  expect(written.at(-1)).toBe('✖ Send (0.0 s)\n')
  expect(running()).toBe(0)
})

it('the sample shows three rows, without columns that are empty in all of them', () => {
  const rows = ['one', 'two', 'three', 'four'].map((page) => ({ page, empty: '', long: 'y'.repeat(30) }))

  const lines = sampleTable(rows).split('\n')

  expect(lines).toHaveLength(4)
  expect(lines[0]).toMatch(/^ {2}page +long$/)
  expect(lines[1]).toContain(`one    ${'y'.repeat(23)}…`)
})
