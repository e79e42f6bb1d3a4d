/** What the benchmark tells a subject, by environment variables. */
export const task = {
  url: process.env.BENCH_URL ?? '',
  tvmUrl: process.env.BENCH_TVM_URL ?? '',
  rows: Number(process.env.BENCH_ROWS ?? 0),
}

/** All pages, one after the other. */
export async function* pagesOf<Record>(): AsyncIterable<readonly Record[]> {
  for (let page: string | null = '0'; page !== null;) {
    const response = await fetch(`${task.url}/orders?rows=${task.rows}&page=${page}`)
    const body = (await response.json()) as { data: Record[]; next: string | null }
    yield body.data
    page = body.next
  }
}

/** Sends a finished file the way every subject does. */
export async function send(bytes: Buffer): Promise<void> {
  const form = new FormData()
  form.set('file', new Blob([bytes]), 'file.csv.gz')
  await fetch(`${task.url}/aa/collect/v1/events`, {
    method: 'POST',
    headers: { 'x-adobe-vgid': 'bench' },
    body: form,
  })
}

/** Runs a subject and reports what the operating system counted for this process. */
export function measure(run: () => Promise<void>): void {
  const before = performance.now()
  run().then(
    () => {
      const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
      const result = {
        seconds: (performance.now() - before) / 1000,
        cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
        peakRssMB: maxRSS / 1024,
      }
      console.log(JSON.stringify(result))
      process.exit(0)
    },
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
}
