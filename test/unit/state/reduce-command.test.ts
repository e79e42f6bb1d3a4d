import { reduce } from '../../../src/state/reduce'
import { batchIn, storedDocument } from '../../fixtures/stored-state'
import type { CommandEffect } from '../../../src/state/command-effect'
import type { StateEvent } from '../../../src/state/events'
import type { Counting, StateDocument } from '../../../src/state/state-document'
import type { Backfill } from '../../../src/state/work'

const accepted: Omit<Extract<StateEvent, { type: 'command-accepted' }>, 'effect'> = {
  type: 'command-accepted',
  at: 100,
  content: '{"resolve":"x"}',
  note: 'It was done.',
  rememberedFrom: 40,
}

const lease = { owner: 'a run-1', run: 'run-1', activation: 'a', takenAt: 0, endsAt: 1 }

function after(effect: CommandEffect, before: Partial<StateDocument> = {}): StateDocument {
  return reduce(storedDocument({ lease, ...before }), { ...accepted, effect })
}

const waive: CommandEffect = { kind: 'waived', waiver: 'source-order' }

const backfill: Backfill = {
  kind: 'backfill',
  mode: 'sliced',
  name: 'backfill-1',
  from: 10,
  to: 30,
  doneTo: null,
  generation: 4,
  force: true,
}

it('a command is stored with its content, its run and what it did, and counts as progress', () => {
  const next = after(waive, { attempts: 3 })

  expect(next.attempts).toBe(0)
  expect(next.commands).toEqual([{ content: accepted.content, run: 'run-1', at: 100, note: accepted.note }])
})

it('commands that are too old to be repeated are forgotten, and only those', () => {
  const command = (at: number) => ({ content: 'c', run: 'r', at, note: 'n' })

  expect(after(waive, { commands: [command(39), command(40)] }).commands.map(({ at }) => at)).toEqual([
    40, 100,
  ])
})

it('a backfill is appended to the list, and raises the generation, never lowers it', () => {
  const replay = { kind: 'replay', name: 'replay-1', generation: 0 } as const

  expect(after({ kind: 'backfill', backfill }, { backfills: [replay] })).toMatchObject({
    backfills: [replay, backfill],
    generation: 4,
  })
  expect(after({ kind: 'replay', replay }, { generation: 7 })).toMatchObject({
    backfills: [replay],
    generation: 7,
  })
})

it('a dropped backfill is removed, the others stay', () => {
  const other = { ...backfill, name: 'backfill-2' }
  const next = after({ kind: 'backfill-dropped', name: 'backfill-1' }, { backfills: [backfill, other] })

  expect(next.backfills).toEqual([other])
})

it('files of a dropped backfill are listed for clean-up', () => {
  const ties = { inline: '', segments: [{ run: 'run-0', file: 'ties', to: '1' }] }
  const cursor = { at: '1', since: '1' }
  const other: Backfill = { ...backfill, mode: 'incremental', from: cursor, to: cursor, cursor, ties }

  expect(after({ kind: 'backfill-dropped', name: 'backfill-1' }, { backfills: [other] }).orphans).toEqual([
    'run-0',
  ])
})

it('a skipped slice moves the watermark, is remembered, and does not count as covered', () => {
  const slice = { from: 10, to: 20 }

  expect(after({ kind: 'slice-skipped', slice })).toMatchObject({
    watermark: 20,
    skipped: [{ ...slice, at: 100 }],
    done: [],
  })
})

it('a batch that a person settled waits only for the deletion of its file', () => {
  const { outbox } = after({ kind: 'batch-settled', id: 'batch-1' }, { outbox: [batchIn('held')] })

  expect(outbox).toEqual([batchIn('confirmed')])
})

it('a batch that is sent once more has a new id and generation, and was never sent before', () => {
  const effect = { kind: 'batch-resent', id: 'batch-1', newId: 'batch-2', generation: 1 } as const
  const held = batchIn('held', { retries: 3 })
  const { outbox } = after(effect, { outbox: [held, batchIn('staged', { id: 'next' })] })

  expect(outbox.map(({ id }) => id)).toEqual(['batch-2', 'next'])
  expect(outbox[0]).toEqual(batchIn('staged', { id: 'batch-2', generation: 1 }))
})

it('dropped rejects are replaced by the entries that the index keeps', () => {
  const rejects = {
    index: { run: 'a', file: 'i' },
    segments: [{ run: 'a', file: 's', id: 1, open: 2, at: 1 }],
  }
  const kept = { index: { run: 'run-1', file: 'i' }, segments: [] }

  expect(after({ kind: 'rejects-dropped', rejects: kept }, { rejects })).toMatchObject({
    rejects: kept,
    orphans: ['a'],
  })
})

it('dropped rejects end the replay that would try them again, and no backfill', () => {
  const replay = { kind: 'replay', name: 'replay-1', generation: 0 } as const
  const none = { index: null, segments: [] }
  const { backfills } = after({ kind: 'rejects-dropped', rejects: none }, { backfills: [replay, backfill] })

  expect(backfills).toEqual([backfill])
})

it('a waiver is stored once', () => {
  expect(after(waive, { waivers: ['source-order', 'too-many-rejects'] }).waivers).toEqual([
    'source-order',
    'too-many-rejects',
  ])
})

it('a waived regrouping removes the times of confirmation, and nothing else of the partitions', () => {
  const partitions = { p: { mark: 7, notBefore: 50, confirmedAt: 90 } }

  expect(after({ kind: 'regrouping-waived' }, { partitions }).partitions).toEqual({
    p: { mark: 7, notBefore: 50, confirmedAt: null },
  })
})

describe('a definition that is continued', () => {
  const counting: Counting = {
    mode: 'incremental',
    cursor: 'instant at',
    primaryKey: '["id"]',
    lookback: '',
    source: 'http://old',
    sourceVersion: 1,
    target: '',
  }
  const place = { at: '5', since: 'five' }
  const before = {
    counting,
    cursor: { at: '9', since: 'nine' },
    memory: { inline: 'what was sent', segments: [{ run: 'm', file: 'm', to: '9' }] },
    rejects: { index: { run: 'a', file: 'i' }, segments: [] },
  }
  const kept = { inline: 'what is kept', segments: [] }
  const continued = (change: Partial<Counting>) =>
    after(
      {
        kind: 'definition-continued',
        counting: { ...counting, ...change },
        floor: place,
        cursor: place,
        watermark: null,
        memory: kept,
        rowKeys: null,
      },
      before,
    )

  it('continues from the stated place', () => {
    expect(continued({ source: 'http://new' })).toMatchObject({
      counting: { source: 'http://new' },
      floor: place,
      cursor: place,
      watermark: null,
    })
  })

  it.each([{ source: 'http://new' }, { sourceVersion: 2 }, { lookback: '5' }])(
    'keeps the index of rejects where records are still recognised: %j',
    (change) => {
      const { memory, rejects, orphans } = continued(change)
      expect({ memory, rejects, orphans }).toEqual({
        memory: kept,
        rejects: before.rejects,
        orphans: ['m'],
      })
    },
  )

  it.each([{ primaryKey: '' }, { cursor: 'number seq' }, { mode: 'sliced' }] as const)(
    'forgets it where they are not: %j',
    (change) => {
      const { memory, rejects, orphans } = continued(change)
      expect({ memory, rejects, orphans }).toEqual({
        memory: kept,
        rejects: { index: null, segments: [] },
        orphans: ['a', 'm'],
      })
    },
  )
})
