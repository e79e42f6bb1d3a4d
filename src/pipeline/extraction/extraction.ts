import type { ExtractionStatus } from '../extraction-status'

/** How the work itself ended; `stopped`: by the run, without a commit. */
export type ExtractionEnd<End> =
  | { readonly kind: 'ended'; readonly end: End }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'fault'; readonly error: unknown }

/** Extraction beside delivery: its status, and how it ended. */
export interface Extraction<End> extends ExtractionStatus {
  /** Ends it without losing work: finishes the current page, and ends waits for the outbox. */
  close(): void
  /** Stops it where it is, without a commit. */
  stop(): void
  readonly end: Promise<ExtractionEnd<End>>
}

export interface ExtractionControl {
  readonly signal: AbortSignal
  /** True once the run wants to end. */
  readonly isClosing: () => boolean
  /** Announces a wait for capacity in the outbox (backpressure); the wait ends early when the run closes or stops. */
  readonly waiting: (wait: Promise<void>) => Promise<void>
}

/** Runs `stage` in the background. */
export function startExtraction<End>(
  stage: (control: ExtractionControl) => Promise<End>,
  runSignal: AbortSignal,
): Extraction<End> {
  const stopping = new AbortController()
  const signal = AbortSignal.any([runSignal, stopping.signal])
  let closing = false
  let status: 'working' | 'waiting' | 'ended' = 'working'
  const announce: (() => void)[] = []
  let wake: () => void = () => undefined
  signal.addEventListener('abort', () => wake(), { once: true })

  function turn(next: typeof status): void {
    status = next
    for (const tell of announce.splice(0)) tell()
  }

  async function waiting(wait: Promise<void>): Promise<void> {
    if (closing || signal.aborted) return
    turn('waiting')
    await Promise.race([wait, new Promise<void>((resolve) => (wake = resolve))])
    if (status === 'waiting') turn('working')
  }

  async function run(): Promise<ExtractionEnd<End>> {
    try {
      return { kind: 'ended', end: await stage({ signal, isClosing: () => closing, waiting }) }
    } catch (error) {
      return stopping.signal.aborted ? { kind: 'stopped' } : { kind: 'fault', error }
    } finally {
      turn('ended')
    }
  }

  const end = run()

  return {
    status: () => status,
    changed: () =>
      status === 'ended' ? new Promise(() => undefined) : new Promise((resolve) => announce.push(resolve)),
    close() {
      closing = true
      wake()
    },
    stop() {
      stopping.abort(new Error('extraction stopped'))
      wake()
    },
    end,
  }
}
