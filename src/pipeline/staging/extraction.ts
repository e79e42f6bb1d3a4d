/** How the work itself ended; `stopped`: by the run, without a commit. */
export type ExtractionEnd<End> = End | 'stopped' | { readonly error: unknown }

/** Extraction beside delivery: what it is doing, and how it ended. */
export interface Extraction<End> {
  /** `waiting`: it needs room in the outbox and can do nothing by itself. */
  status(): 'working' | 'waiting' | 'ended'
  /** Resolves when the status changes next. */
  turned(): Promise<void>
  /** Stops it where it is, without a commit, and resolves once nothing of it runs any more. */
  stop(): Promise<void>
  readonly end: Promise<ExtractionEnd<End>>
}

export interface ExtractionControl {
  readonly signal: AbortSignal
  /** Announces a wait for room in the outbox, for as long as `wait` lasts. */
  readonly waiting: (wait: Promise<void>) => Promise<void>
}

/** Runs `stage` in the background. */
export function startExtraction<End>(
  stage: (control: ExtractionControl) => Promise<End>,
  runSignal: AbortSignal,
): Extraction<End> {
  const stopping = new AbortController()
  let status: 'working' | 'waiting' | 'ended' = 'working'
  let announce: (() => void)[] = []

  function turn(next: typeof status): void {
    status = next
    for (const tell of announce.splice(0)) tell()
  }

  const end: Promise<ExtractionEnd<End>> = stage({
    signal: AbortSignal.any([runSignal, stopping.signal]),
    async waiting(wait) {
      turn('waiting')
      await wait
      turn('working')
    },
  }).catch((error: unknown) => (stopping.signal.aborted ? 'stopped' : { error }))
  void end.then(() => turn('ended'))

  return {
    status: () => status,
    turned: () =>
      status === 'ended' ? new Promise(() => undefined) : new Promise((resolve) => announce.push(resolve)),
    async stop() {
      stopping.abort(new Error('extraction stopped'))
      await end
      announce = []
    },
    end,
  }
}
