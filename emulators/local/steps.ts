/** The terminal, or a file or pipe in its place. */
export interface StepOutput {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** The clock of the steps, which a test replaces. */
export interface StepClock {
  /** Monotonic, ms. */
  now(): number
  /** Calls `run` every `ms`; returns the function that ends it. */
  every(ms: number, run: () => void): () => void
}

export interface StepTexts<Result> {
  /** Printed while the step runs; it gets the time since the step began, ms. */
  readonly progress?: (passedMs: number) => string
  /** Printed behind the title when the step has ended. */
  readonly result?: (result: Result) => string
}

export interface Steps {
  /** Runs a step and prints its title, its progress, and how long it took. An error is printed and thrown on. */
  step<Result>(title: string, work: () => Promise<Result>, texts?: StepTexts<Result>): Promise<Result>
}

const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'
const frameMs = 120
/** Between two lines of progress where lines cannot be rewritten. */
const lineMs = 10_000
const clearLine = '\r\u001b[2K'

/** Steps on a terminal rewrite one line; elsewhere each begins, continues and ends on a line of its own. */
export function createSteps(output: StepOutput, clock: StepClock = systemStepClock): Steps {
  const live = output.isTTY === true

  async function step<Result>(
    title: string,
    work: () => Promise<Result>,
    texts: StepTexts<Result> = {},
  ): Promise<Result> {
    const begun = clock.now()
    let frame = 0
    function show(): void {
      const text = texts.progress?.(clock.now() - begun) ?? ''
      if (!live) {
        if (text !== '') output.write(`  ${text}\n`)
        return
      }
      const line = `${frames[frame % frames.length] ?? ''} ${title}${text === '' ? '' : ` – ${text}`}`
      frame += 1
      output.write(clearLine + line.slice(0, (output.columns ?? 80) - 1))
    }
    function end(sign: string, text: string): void {
      const seconds = ((clock.now() - begun) / 1000).toFixed(1)
      output.write(
        `${live ? clearLine : ''}${sign} ${title}${text === '' ? '' : ` – ${text}`} (${seconds} s)\n`,
      )
    }

    if (live) show()
    else output.write(`▸ ${title}\n`)
    const stop = clock.every(live ? frameMs : lineMs, show)
    try {
      const result = await work()
      stop()
      end('✔', texts.result?.(result) ?? '')
      return result
    } catch (error) {
      stop()
      end('✖', '')
      throw error
    }
  }

  return { step }
}

/** Steps that print nothing. */
export const silentSteps: Steps = { step: (_title, work) => work() }

const systemStepClock: StepClock = {
  now: () => performance.now(),
  every(ms, run) {
    const timer = setInterval(run, ms)
    return () => clearInterval(timer)
  },
}
