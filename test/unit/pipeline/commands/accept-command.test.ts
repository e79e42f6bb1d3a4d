import { acceptCommand } from '../../../../src/pipeline/commands/accept-command'
import { countingOf } from '../../../../src/pipeline/definition'
import { errorOf } from '../../../fixtures/error-of'
import { destinationWith, jobWith, runContext } from '../../../fixtures/run-dependencies'
import { batchIn, storedReport } from '../../../fixtures/stored-state'
import { incrementalSync } from '../../../fixtures/syncs'
import type { Command, RunDependencies } from '../../../../src/pipeline/run-context'
import type { StateDocument } from '../../../../src/state/state-document'

const minute = 60_000
const held: Partial<StateDocument> = { outbox: [batchIn('held')] }
const drop = { force: false, resolve: 'batch-1', as: 'drop' } as const

function context(command: Partial<Command>, document = held, change: Partial<RunDependencies> = {}) {
  return runContext(document, { command: { force: false, ...command }, ...change })
}

it('a run without a command accepts nothing and writes nothing', async () => {
  const run = context({})

  expect(await acceptCommand(run)).toEqual([])
  expect(run.state.events).toEqual([])
})

it('a command is stored with its content and note in one write', async () => {
  const run = context(drop)
  const notes = await acceptCommand(run)

  expect(run.state.events).toHaveLength(1)
  expect(run.state.document.commands).toEqual([
    {
      content: '{"force":false,"resolve":"batch-1","as":"drop"}',
      run: 'run-1',
      at: run.clock.now(),
      note: notes[0],
    },
  ])
  expect(run.state.document.outbox).toEqual([batchIn('confirmed')])
})

describe('the same command again', () => {
  const backfill = { force: true, from: '2026-11-01', to: '2026-11-02' }
  const document = {
    watermark: Date.UTC(2026, 10, 20),
    done: [{ from: Date.UTC(2026, 10, 1), to: Date.UTC(2026, 10, 20) }],
  }

  /** A run that accepts `backfill`, then gets `command` after `ms`. */
  async function repeated(command: Partial<Command>, ms: number, reports: StateDocument['reports'] = []) {
    const run = context(backfill, document)
    await acceptCommand(run)
    await run.clock.advance(ms)
    const done = { ...run.state.document, backfills: [], reports }
    const next = runContext(done, { command: { force: false, ...command }, clock: run.clock })
    return { first: run, next, result: await acceptCommand(next).catch((error: unknown) => error) }
  }

  it('is not accepted twice within the hour, and its note has the outcome of the first', async () => {
    const report = storedReport({ run: 'run-1', outcome: 'failed', reason: 'batch-held' })
    const { next, result } = await repeated(backfill, 59 * minute, [report])

    expect(next.state.events).toEqual([])
    expect(result).toEqual([
      expect.stringMatching(
        /accepted by run run-1 .* is not accepted twice: .*ended failed \(batch-held\).*again=run-1/,
      ),
    ])
  })

  it('has a note where the first run has not reported yet', async () => {
    expect((await repeated(backfill, minute)).result).toEqual([
      expect.stringContaining('has not reported yet'),
    ])
  })

  it('is accepted again after an hour', async () => {
    const { next } = await repeated(backfill, 61 * minute)

    expect(next.state.document.backfills).toHaveLength(1)
  })

  it('is accepted once more with the run of the first, and that only once', async () => {
    const { next } = await repeated({ ...backfill, again: 'run-1' }, minute)
    expect(next.state.document.backfills).toHaveLength(1)

    const third = runContext(next.state.document, {
      command: { ...backfill, again: 'run-1' },
      clock: next.clock,
    })
    expect(await acceptCommand(third)).toEqual([expect.stringContaining('is not accepted twice')])
    expect(third.state.events).toEqual([])
  })

  it.each([
    ['a run that accepted nothing', { ...backfill, again: 'run-9' }, 'accepted no command'],
    [
      'a run that accepted another command',
      { ...backfill, to: '2026-11-03', again: 'run-1' },
      'accepted another command',
    ],
  ])('is refused where `again` names %s', async (_what, command, message) => {
    const { next, result } = await repeated(command, minute)

    expect(result).toMatchObject({
      code: 'params-invalid',
      message: expect.stringContaining(message) as string,
    })
    expect(next.state.events).toEqual([])
  })

  it('is another command where a parameter differs', async () => {
    const { next } = await repeated({ ...backfill, to: '2026-11-03' }, minute)

    expect(next.state.document.backfills).toHaveLength(1)
  })
})

it('a refused command is not remembered: a corrected one can be given at once', async () => {
  const run = context({ resolve: 'batch-1', as: 'sent' })

  expect(await errorOf(acceptCommand(run))).toMatchObject({ code: 'params-invalid' })
  expect(run.state.events).toEqual([])
})

it.each([
  [{ as: 'drop' }, '`as` needs `resolve`'],
  [{ resolve: 'rejects' }, '`resolve` needs `as`'],
  [{ again: 'run-1' }, '`again` repeats a command'],
  [{ ...drop, force: true }, 'does not take force'],
  [{ ...drop, from: '2026-11-01', to: '2026-11-02' }, 'does not take to and from'],
  [{ resolve: 'definition', as: 'continue', to: '2026-11-02' }, 'does not take to'],
  [{ resolve: 'nobody', as: 'drop' }, 'Nothing with the name nobody waits'],
] as const)('%j is refused: a parameter without effect is no silent success', async (command, message) => {
  const error = await errorOf(acceptCommand(context(command)))

  expect(error).toMatchObject({ code: 'params-invalid', message: expect.stringContaining(message) as string })
  expect(error.remedy).not.toBe('')
})

it.each([
  ['rejects', 'drop', 'There are no open rejects'],
  ['definition', 'continue', 'counts as it did'],
  ['regrouping', 'continue', 'No regrouping waits'],
  ['source-order', 'continue', 'No run since the last success was stopped by source-order'],
  ['too-many-rejects', 'continue', 'No run since the last success was stopped by too-many-rejects'],
  ['slice-20261105T000000Z', 'drop', 'is not the slice that is next'],
  ['backfill-1', 'drop', 'Nothing with the name backfill-1'],
] as const)('resolve=%s as=%s reaches its own judge', async (resolve, as, message) => {
  const run = context({ resolve, as }, {}, {})
  const known = {
    mode: 'sliced',
    cursor: '["instant","at","iso",null]',
    primaryKey: '',
    lookback: '',
  } as const
  const document = {
    ...run.state.document,
    counting: { ...known, source: 'http://source', sourceVersion: 1, target: '' },
  }
  const error = await errorOf(acceptCommand(runContext(document, { command: run.command })))

  expect(error.message).toContain(message)
})

it('an incremental job takes ranges in the notation of its cursor', async () => {
  const job = jobWith({ sync: incrementalSync() })
  const cursor = { at: '2026-11-20T00:00:00', since: '2026-11-20T00:00:00Z' }
  const command = { force: true, from: '2026-11-01T00:00:00+01:00', to: '2026-11-02T00:00:00Z' }
  const run = context(command, { cursor }, { job })
  await acceptCommand(run)

  expect(run.state.document.backfills).toMatchObject([
    {
      mode: 'incremental',
      from: { at: '2026-10-31T23:00:00', since: '2026-11-01T00:00:00+01:00' },
      force: true,
    },
  ])
})

it('a definition is continued without the lost files of its deduplication index', async () => {
  const segment = (file: string) => ({ run: 'run-0', file, to: '1' })
  const memory = { inline: '', segments: [segment('lost'), segment('there')] }
  const counting = countingOf(jobWith(), { identity: 'http://source' }, destinationWith())
  const command = { resolve: 'definition', as: 'continue', from: '2026-11-01' } as const
  const run = context(command, { memory, counting })
  run.files.stored.set('run-0/there', Buffer.from(''))
  await acceptCommand(run)

  expect(run.state.document.memory.segments).toEqual([segment('there')])
})
