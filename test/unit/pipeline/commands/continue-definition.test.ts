import { continueDefinition } from '../../../../src/pipeline/commands/continue-definition'
import { countingOf } from '../../../../src/pipeline/definition'
import { errorThrownBy } from '../../../fixtures/error-of'
import { destinationWith, jobWith } from '../../../fixtures/run-dependencies'
import { storedDocument } from '../../../fixtures/stored-state'
import { fullRefreshSync, incrementalSync, numberCursor, slicedSync } from '../../../fixtures/syncs'
import type { Sync } from '../../../../src/definition/sync'
import type { RunFile } from '../../../../src/state/run-file'
import type { StateDocument } from '../../../../src/state/state-document'

const storeNow = Date.UTC(2026, 10, 21)
function committedAs(sync: Sync, identity = 'http://old') {
  return countingOf(jobWith({ sync }), { identity }, destinationWith())
}

function accept(sync: Sync, document: Partial<StateDocument>, from?: string, lost: readonly RunFile[] = []) {
  return continueDefinition(jobWith({ sync }), committedAs(sync, 'http://new'), storedDocument(document), {
    as: 'continue',
    from,
    storeNow,
    lost: new Set(lost),
  })
}

function refusal(sync: Sync, document: Partial<StateDocument>, from?: string) {
  const { code, message, remedy } = errorThrownBy(() => accept(sync, document, from))
  expect(code).toBe('params-invalid')
  return `${message} ${remedy}`
}

describe('a sliced job', () => {
  const sync = slicedSync({ timeZone: 'Europe/Berlin' })
  const document = { counting: committedAs(sync), watermark: Date.UTC(2026, 10, 10) }

  it('continues at a date in its own zone, before which no lookback reads', () => {
    const { note, effect } = accept(sync, document, '2026-11-12')

    const since = '2026-11-11T23:00:00.000Z'
    expect(effect).toEqual({
      kind: 'definition-continued',
      counting: committedAs(sync, 'http://new'),
      floor: { at: since, since },
      cursor: null,
      watermark: Date.parse(since),
      memory: { inline: '', segments: [] },
      rowKeys: null,
    })
    expect(note).toContain('source: http://old → http://new')
  })

  it.each([
    ['2026-11-12', 'are left out; a backfill can still send them'],
    ['2026-11-05', 'are read again, and count twice where they are not recognised'],
    ['2026-11-10T00:00:00Z', 'nothing is read again, nothing is left out'],
  ])('reports the records that continuing from %s leaves out or doubles', (from, consequence) => {
    expect(accept(sync, document, from).note).toContain(consequence)
  })

  it.each([
    [undefined, '`from` is missing'],
    ['soon', 'no date or instant of the past: soon'],
    ['2026-11-22', 'no date or instant of the past'],
  ])('refuses from=%s', (from, message) => {
    expect(refusal(sync, document, from)).toContain(message)
  })

  it('refuses to move where its definition is unchanged', () => {
    expect(refusal(sync, { counting: committedAs(sync, 'http://new') }, '2026-11-12')).toContain(
      'counts as it did',
    )
  })
})

describe('an incremental job', () => {
  const sync = incrementalSync({ cursor: numberCursor })
  const document = { counting: committedAs(sync), cursor: { at: '999', since: '999' } }

  it('continues at a cursor in its own notation', () => {
    expect(accept(sync, document, '1000').effect).toMatchObject({
      cursor: { at: '1000', since: '1000' },
      floor: { at: '1000', since: '1000' },
      watermark: null,
    })
  })

  it.each([
    ['1000', 'are left out'],
    ['998', 'are read again'],
  ])('reports the records that continuing from %s leaves out or doubles', (from, consequence) => {
    expect(accept(sync, document, from).note).toContain(consequence)
  })

  it('does not compare cursors of two notations', () => {
    const cursor = { at: '2026-01-01T00:00:00', since: '2026-01-01T00:00:00Z' }
    const before = { ...document, cursor, counting: committedAs(incrementalSync()) }

    expect(accept(sync, before, '5').note).toContain(
      'may count twice; earlier ones that were not sent are left out',
    )
  })

  it('steps over a place where its source fails, with an unchanged definition, but never back', () => {
    const unchanged = { ...document, counting: committedAs(sync, 'http://new') }

    expect(accept(sync, unchanged, '1005').note).toContain('are left out')
    expect(refusal(sync, unchanged, '999')).toContain('has read beyond 999')
    expect(refusal(sync, unchanged, '5')).toContain('force=true')
  })

  it('takes a place to begin at when its first read fails', () => {
    expect(accept(sync, { counting: null, cursor: null }, '5').effect).toMatchObject({ cursor: { at: '5' } })
  })

  it('refuses an instant in the future: all records until then would be left out', () => {
    const instants = incrementalSync()
    const before = { counting: committedAs(instants), cursor: null }

    expect(refusal(instants, before, '9999-01-01T00:00:00Z')).toContain('lies in the future')
    expect(accept(instants, before, '2026-11-20T00:00:00Z').effect).toMatchObject({ watermark: null })
  })

  it('takes a page cursor unchanged', () => {
    const paged = incrementalSync({ cursor: { kind: 'page' } })
    const before = { counting: committedAs(paged), cursor: { at: 'page 7', since: 'page 7' } }

    expect(accept(paged, before, 'page 3').effect).toMatchObject({
      cursor: { at: 'page 3', since: 'page 3' },
    })
    expect(refusal(paged, before)).toContain('`from` is missing')
  })
})

describe('a full refresh', () => {
  const document = { counting: committedAs(fullRefreshSync()) }

  it('continues without a place, and reports that everything may be sent again', () => {
    const { note, effect } = accept(fullRefreshSync({ primaryKey: ['key'] }), document)

    expect(effect).toMatchObject({ floor: null, cursor: null, watermark: null })
    expect(note).toContain('count as new and are sent again')
  })

  it('refuses a place', () => {
    expect(refusal(fullRefreshSync({ primaryKey: ['key'] }), document, '5')).toContain('Leave out from')
  })
})

describe('where the new definition recognises a record by another identity', () => {
  const sync = incrementalSync({ cursor: numberCursor, primaryKey: ['id'] })
  const counting = committedAs(incrementalSync({ cursor: numberCursor }))
  const replay = { kind: 'replay', name: 'replay-1', generation: 0 } as const
  const rejects = { index: null, segments: [{ run: 'r', file: 'f', id: 1, open: 3, at: 1 }] }

  it('a queued backfill or replay must end first', () => {
    expect(refusal(sync, { counting, backfills: [replay] }, '5')).toContain('resolve=replay-1 as=drop')
  })

  it('open rejects must be dropped or replayed first', () => {
    const text = refusal(sync, { counting, rejects }, '5')

    expect(text).toContain('3 open rejects')
    expect(text).toContain('resolve=rejects as=drop')
  })

  it('neither is required where the identity stays', () => {
    const same = { counting: committedAs(sync), backfills: [replay], rejects }

    expect(accept(sync, same, '5').effect.kind).toBe('definition-continued')
  })
})

it('a definition can only be continued', () => {
  const call = () =>
    continueDefinition(jobWith(), committedAs(slicedSync()), storedDocument(), {
      as: 'drop',
      from: '2026-11-01',
      storeNow,
      lost: new Set(),
    })

  expect(errorThrownBy(call)).toMatchObject({ remedy: 'Use resolve=definition as=continue from=<where>.' })
})

describe('the memory of earlier records', () => {
  const segment = (file: string) => ({ run: 'r', file, to: '9' })
  const memory = { inline: 'inline', segments: [segment('a'), segment('b')] }
  const sync = incrementalSync({ cursor: numberCursor })
  const cursor = { at: '9', since: '9' }
  const kept = ({ effect }: ReturnType<typeof accept>) =>
    effect.kind === 'definition-continued' ? effect.memory : null

  it('stays where records are recognised as before', () => {
    expect(kept(accept(sync, { counting: committedAs(sync), cursor, memory }, '9'))).toEqual(memory)
  })

  it('is dropped where they are not', () => {
    const counting = committedAs(incrementalSync({ cursor: numberCursor, primaryKey: ['id'] }))

    expect(kept(accept(sync, { counting, cursor, memory }, '9'))).toEqual({ inline: '', segments: [] })
  })

  it('continues without lost files, with an unchanged definition and in every sync mode', () => {
    for (const mode of [sync, slicedSync(), fullRefreshSync()]) {
      const document = { counting: committedAs(mode, 'http://new'), cursor, memory }
      const from = { incremental: '9', sliced: '2026-11-01', 'full-refresh': undefined }[mode.mode]
      const accepted = accept(mode, document, from, memory.segments.slice(0, 1))

      expect(kept(accepted)).toEqual({ inline: 'inline', segments: [segment('b')] })
      expect(accepted.note).toContain('Of what it knew about records, 1 of 2 files are gone')
    }
  })
})
