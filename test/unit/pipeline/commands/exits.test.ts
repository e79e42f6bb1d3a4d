import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { JobError } from '../../../../src/errors'
import { acceptCommand } from '../../../../src/pipeline/commands/accept-command'
import { exitText, exits, withExit } from '../../../../src/pipeline/commands/exits'
import { assertSameCounting, countingOf } from '../../../../src/pipeline/definition'
import { errorThrownBy } from '../../../fixtures/error-of'
import { destinationWith, jobWith, runContext } from '../../../fixtures/run-dependencies'
import { batchIn, storedReport } from '../../../fixtures/stored-state'
import { fullRefreshSync, incrementalSync, slicedSync } from '../../../fixtures/syncs'
import type { JobErrorCode } from '../../../../src/errors'
import type { Sync } from '../../../../src/definition/sync'
import type { Resolution } from '../../../../src/pipeline/run-context'
import type { StateDocument } from '../../../../src/state/state-document'
import type { Backfill } from '../../../../src/state/work'

const codes = Object.keys(exits) as JobErrorCode[]
const blocking = codes.filter((code) => ['batch', 'waive', 'continue', 'leave-out'].includes(exits[code]))

const cursor = (at: string) => ({ at, since: `${at}Z` })
const backfill: Backfill = {
  ...{ kind: 'backfill', name: 'backfill-1', generation: 1, force: true },
  ...{ mode: 'sliced', from: Date.UTC(2026, 9, 1), to: Date.UTC(2026, 9, 3), doneTo: null },
}

/** A job of each sync mode, blocked in the middle of its work. */
const jobs: Readonly<Record<string, { readonly sync: Sync; readonly document: Partial<StateDocument> }>> = {
  'a slice': { sync: slicedSync(), document: { watermark: Date.UTC(2026, 10, 5) } },
  'a first slice': { sync: slicedSync(), document: { watermark: null, counting: null } },
  'a backfill': { sync: slicedSync(), document: { backfills: [backfill] } },
  'a replay': {
    sync: slicedSync(),
    document: { backfills: [{ kind: 'replay', name: 'replay-1', generation: 0 }] },
  },
  'an incremental read': { sync: incrementalSync(), document: { cursor: cursor('2026-11-05T00:00:00') } },
  'a first incremental read': { sync: incrementalSync(), document: { cursor: null, counting: null } },
}

/** What a person types in the place of `<…>`. */
const places: Readonly<Record<string, string>> = {
  '<where>': '2026-11-06T00:00:00Z',
  '<instant>': '2026-11-06T00:00:00Z',
  '<cursor>': '2026-11-06T00:00:00Z',
  '<a cursor after them>': '2026-11-06T00:00:00Z',
}

/** The last command that a remedy names. */
function commandIn(remedy: string) {
  const found = [...remedy.matchAll(/resolve=([^\s:]+) as=(\w+)(?: from=(<[^>]+>|\S+))?/g)].at(-1)
  if (!found) throw new RangeError(`no command in: ${remedy}`)
  const [, resolve = '', as, from] = found
  const given = from === undefined ? {} : { from: places[from] ?? from }
  return { force: false, resolve, as: as as Resolution, ...given }
}

function blocked(sync: Sync, document: Partial<StateDocument>, code: JobErrorCode) {
  const job = jobWith({ sync })
  const counting = countingOf(job, { identity: 'http://source' }, destinationWith())
  const reports = [storedReport({ outcome: 'failed', reason: code })]
  return runContext({ counting, reports, ...document }, { job })
}

describe.each(Object.entries(jobs))('%s', (_what, { sync, document }) => {
  const codesOfWork = blocking.filter((code) => exits[code] === 'waive' || exits[code] === 'leave-out')

  it.each(codesOfWork)(
    'that is blocked by %s gets on with the command that its error names',
    async (code) => {
      const run = blocked(sync, document, code)
      const error = withExit(
        new JobError(code, 'It is blocked.', 'Mend it.'),
        run.job,
        run.state.document,
        run.state.storeClock.now(),
      )
      const notes = await acceptCommand({ ...run, command: commandIn(error.remedy) })

      expect(error).toMatchObject({ code, message: 'It is blocked.' })
      expect(notes).toHaveLength(1)
      expect(run.state.events.map(({ type }) => type)).toEqual(['command-accepted'])
    },
  )
})

it.each([
  ['sliced', slicedSync()],
  ['incremental', incrementalSync()],
  ['full refresh', fullRefreshSync()],
])('a changed definition of a %s job continues by the command that its error names', async (_what, sync) => {
  const run = blocked(sync, { cursor: cursor('2026-11-05T00:00:00'), watermark: 0 }, 'definition-changed')
  const moved = { ...run, source: { ...run.source, identity: 'http://elsewhere' } }
  const { remedy } = errorThrownBy(() => assertSameCounting(moved))
  const [, first = ''] = /(resolve=[^:]+):/.exec(remedy) ?? []
  await acceptCommand({ ...moved, command: commandIn(first) })

  expect(() => assertSameCounting(moved)).not.toThrow()
})

it('a held batch continues by a choice of its report', async () => {
  const run = runContext({ outbox: [batchIn('held')] })
  const text = exitText('batch-held', null)?.replaceAll('<batch>', 'batch-1') ?? ''

  expect(text).toContain('resolve=batch-1 as=sent, as=resend or as=drop')
  await acceptCommand({ ...run, command: { force: false, resolve: 'batch-1', as: 'drop' } })
  expect(run.state.document.outbox).toEqual([batchIn('confirmed')])
})

it.each(['state-missing', 'source-unreachable'] as const)(
  '%s may end a backfill, but gives up no slice',
  (code) => {
    const { job, state } = blocked(slicedSync(), { backfills: [backfill] }, code)
    const error = new JobError(code, 'gone', 'Bring it back.')

    expect(withExit(error, job, state.document, 0).remedy).toContain('resolve=backfill-1 as=drop')
    expect(withExit(error, job, { ...state.document, backfills: [] }, 0)).toBe(error)
  },
)

it('an exit that the error names already is not named twice', () => {
  const { job, state } = blocked(slicedSync(), { backfills: [backfill] }, 'source-refused')
  const error = new JobError('source-refused', 'no', 'Mend it, or resolve=backfill-1 as=drop.')

  expect(withExit(error, job, state.document, 0)).toBe(error)
})

it('a faulty schedule has no next work, and its error stays as it is', () => {
  const { job, state } = blocked(slicedSync({ start: 'never' }), {}, 'job-invalid')
  const error = new JobError('source-refused', 'no', 'Mend it.')

  expect(withExit(error, job, { ...state.document, watermark: null }, 0)).toBe(error)
})

it('every command that a text of the engine names is accepted', () => {
  const root = join(__dirname, '../../../../src/pipeline')
  const texts = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => [...readFileSync(join(root, path), 'utf8').matchAll(/resolve=([^\s`'.,:]+)/g)])
    .map(([, target = '']) => target)
  const targets = ['plan', 'rejects', 'definition', 'regrouping', 'source-order', 'too-many-rejects']

  expect(texts.length).toBeGreaterThan(20)
  expect(texts.filter((target) => !targets.includes(target) && !/^(<|\$\{|\[)/.test(target))).toEqual([])
})

it('an error that gains an exit keeps its details and its cause', () => {
  const cause = new Error('socket hang up')
  const { job, state } = blocked(slicedSync(), { watermark: Date.UTC(2026, 10, 5) }, 'slice-too-large')
  const error = new JobError('slice-too-large', 'It is blocked.', 'Mend it.', {
    cause,
    details: { limit: 1 },
  })
  const told = withExit(error, job, state.document, state.storeClock.now())

  expect(told.remedy).toMatch(/^Mend it\. .*resolve=slice-/)
  expect(told).toMatchObject({ cause, details: { limit: 1 } })
})
