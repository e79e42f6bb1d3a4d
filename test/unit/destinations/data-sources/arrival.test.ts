import { arrivalProof } from '../../../../src/destinations/data-sources/arrival'
import type { ConfirmedBatch, PollAnswer, ProofAnswer } from '../../../../src/destinations/destination'

const upload = (id: string, change: Partial<ConfirmedBatch> = {}): ConfirmedBatch => ({
  ...{ id, rows: 10, markers: [], receipts: [`741/${id}`], span: null },
  ...change,
})

interface World {
  readonly jobs: Readonly<Record<string, PollAnswer>>
  readonly pace?: () => Promise<void>
}

async function prove(batches: readonly ConfirmedBatch[], { jobs, pace = () => Promise.resolve() }: World) {
  const asked: string[] = []
  const client = {
    list(account: string, { status, page }: { status: string; page: number }) {
      asked.push(`list ${account} ${status} ${page}`)
      const all = Object.entries(jobs).flatMap(([receipt, job]) =>
        job.kind === 'done'
          ? [{ job_id: receipt.split('/')[1] ?? '', filename: 'f', status, rows: job.rows }]
          : [],
      )
      const jobsOfPage = all.slice((page - 1) * 2, page * 2)
      return Promise.resolve({
        kind: 'page' as const,
        page: { page, jobs: jobsOfPage, total_pages: Math.ceil(all.length / 2) },
      } as never)
    },
    job(receipt: string) {
      asked.push(receipt)
      return Promise.resolve(jobs[receipt] ?? { kind: 'unknown' as const, message: 'no such job' })
    },
  }
  const answer: ProofAnswer = await arrivalProof({
    ...{ reportSuite: 'suite', client, clock: { now: () => 0 }, withinMs: 0 },
  }).prove(batches, {
    report: () => Promise.reject(new RangeError('no report is read')),
    pace,
    signal: new AbortController().signal,
  })
  return { ...answer, asked }
}

it('an upload is proven by the number of rows that its job has processed', async () => {
  const { evidence, trouble, asked } = await prove([upload('a')], {
    jobs: { '741/a': { kind: 'done', rows: 10 } },
  })

  expect(evidence).toEqual([{ id: 'a', kind: 'proof', rows: 10, causes: [] }])
  expect(trouble).toBeNull()
  expect(asked).toEqual(['741/a'])
})

it('merged uploads are proven by the rows of all of their jobs', async () => {
  const merged = upload('a', { rows: 25, receipts: ['741/1', '741/2'] })
  const jobs = { '741/1': { kind: 'done', rows: 15 }, '741/2': { kind: 'done', rows: 10 } } as const

  expect((await prove([merged], { jobs })).evidence).toMatchObject([{ rows: 25, causes: [] }])
})

it.each<[string, PollAnswer, number, string]>([
  ['has processed fewer rows', { kind: 'done', rows: 9 }, 9, 'rows-skipped'],
  ['was deleted', { kind: 'failed', cause: 'broken', message: 'deleted' }, 0, 'upload-removed'],
  [
    'has failed in part',
    { kind: 'failed', cause: 'rejected', rows: 4, message: 'failed' },
    4,
    'upload-removed',
  ],
  [
    'has failed and counts all rows',
    { kind: 'failed', cause: 'rejected', rows: 10, message: 'failed' },
    9,
    'upload-removed',
  ],
  ['is still at work', { kind: 'processing' }, 0, 'latency'],
])(
  'an upload whose job %s shows the rows that are there, and the likely cause',
  async (_what, job, rows, code) => {
    const { evidence } = await prove([upload('a')], { jobs: { '741/a': job } })

    expect(evidence).toMatchObject([{ kind: 'proof', rows, causes: [{ code }] }])
  },
)

it('an answer that proves nothing ends the questions, and what was seen before stays', async () => {
  const batches = [upload('a'), upload('b'), upload('c')]

  const { evidence, trouble, asked } = await prove(batches, { jobs: { '741/a': { kind: 'done', rows: 10 } } })

  expect(evidence.map(({ id }) => id)).toEqual(['a'])
  expect(trouble).toEqual({ kind: 'unknown', message: 'no such job' })
  expect(asked).toEqual(['741/a', '741/b'])
})

it('without time for another request nothing more is asked', async () => {
  const { evidence, trouble, asked } = await prove([upload('a')], {
    jobs: {},
    pace: () => Promise.reject(new Error('over')),
  })

  expect({ evidence, asked }).toEqual({ evidence: [], asked: [] })
  expect(trouble).toMatchObject({ kind: 'unknown' })
})

it('an upload whose receipt is forgotten is an indication', async () => {
  const { evidence } = await prove([upload('a', { receipts: [] })], { jobs: {} })

  expect(evidence).toEqual([{ id: 'a', kind: 'indication', rows: 10, causes: [] }])
})

it('many uploads are proven by the pages of their list, and only those that are not in it are asked for one by one', async () => {
  const names = ['1', '2', '3', '4', '5']
  const done = Object.fromEntries(names.map((id) => [`741/${id}`, { kind: 'done', rows: 10 } as const]))
  const jobs = { ...done, '741/6': { kind: 'processing' } as const }

  const { evidence, asked } = await prove(
    [...names, '6'].map((id) => upload(id)),
    { jobs },
  )

  expect(evidence.map(({ id, rows }) => [id, rows])).toEqual([...names.map((id) => [id, 10]), ['6', 0]])
  expect(asked).toEqual(['list 741 success 1', 'list 741 success 2', 'list 741 success 3', '741/6'])
})
