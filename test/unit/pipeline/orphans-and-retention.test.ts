import { deleteOrphans } from '../../../src/pipeline/orphans'
import { expireRejects } from '../../../src/pipeline/retention'
import { runContext } from '../../fixtures/run-dependencies'
import { batchIn } from '../../fixtures/stored-state'
import type { Backfill } from '../../../src/state/work'

const day = 24 * 60 * 60_000
const now = Date.UTC(2026, 10, 21)

describe('orphan clean-up', () => {
  const ties: Backfill = {
    ...{ kind: 'backfill', mode: 'incremental', name: 'b', generation: 0, force: true },
    ...{ from: { at: '1', since: '1' }, to: { at: '2', since: '2' }, cursor: null },
    ties: { inline: '', segments: [{ run: 'run-0', file: 'ties', to: '1' }] },
  }
  /** Names a file of each kind in the folder of `run-0`. */
  const document = {
    orphans: ['run-0'],
    outbox: [batchIn('staged', { file: 'batch' })],
    rejects: {
      index: { run: 'run-0', file: 'index' },
      segments: [{ run: 'run-0', file: 'rejects', id: 1, open: 1, at: now }],
    },
    memory: { inline: '', segments: [{ run: 'run-0', file: 'memory', to: '1' }] },
    backfills: [ties],
  }
  const named = ['batch', 'index', 'rejects', 'memory', 'ties']

  function runWith(...stored: string[]) {
    const run = runContext(document)
    for (const path of stored) run.files.stored.set(path, Buffer.from(''))
    return run
  }

  it('deletes the files that the document does not name, and no other', async () => {
    const run = runWith(
      ...named.map((file) => `run-0/${file}`),
      'run-0/uncommitted',
      'run-2/batch',
      'run-1/own',
    )
    await deleteOrphans(run)

    expect([...run.files.stored.keys()].sort()).toEqual(
      [...named.map((file) => `run-0/${file}`), 'run-2/batch', 'run-1/own'].sort(),
    )
  })

  it('keeps the run on the list until a listing finds no orphans: a frozen run may still write', async () => {
    const run = runWith('run-0/uncommitted')
    await deleteOrphans(run)
    expect(run.state.document.orphans).toEqual(['run-0'])
    run.files.stored.set('run-0/late', Buffer.from(''))
    await deleteOrphans(run)
    expect([...run.files.stored.keys()]).toEqual([])
    await deleteOrphans(run)

    expect(run.state.document.orphans).toEqual([])
  })

  it('never deletes in its own folder', async () => {
    const run = runContext({ orphans: ['run-1'] })
    run.files.stored.set('run-1/not committed yet', Buffer.from(''))
    await deleteOrphans(run)

    expect(run.files.stored.size).toBe(1)
  })
})

describe('rejects that nobody resolves', () => {
  const segment = (id: number, ageMs: number) => ({
    run: `run-${id}`,
    file: `${id}`,
    id,
    open: 3,
    at: now - ageMs,
  })

  it('are given up after 30 days, with a note and a warning', () => {
    const warnings: string[] = []
    const log = { ...runContext().log, warn: (message: string) => void warnings.push(message) }
    const segments = [segment(2, 30 * day + 1), segment(3, 30 * day), segment(4, 0)]
    const run = runContext({ rejects: { index: null, segments } }, { log })
    const notes = expireRejects(run)

    expect(notes).toEqual([expect.stringContaining('3 rejects were not resolved within 30 days')])
    expect(warnings).toEqual(notes)
    expect(run.state.document.rejects.segments.map(({ id }) => id)).toEqual([3, 4])
    expect(run.state.document.orphans).toEqual(['run-2'])
  })

  it('are kept before that, without a note', () => {
    const run = runContext({ rejects: { index: null, segments: [segment(2, 29 * day)] } })

    expect(expireRejects(run)).toEqual([])
    expect(run.state.events).toEqual([])
  })
})
