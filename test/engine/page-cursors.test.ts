import { pageCursor } from '../../src/definition/cursors'
import { incremental } from '../../src/definition/incremental'
import { engineWorld, jobOf, minute } from '../fixtures/engine-world'
import { scriptedSource } from '../fixtures/scripted-source'
import type { Page } from '../../src/sources/source'
import type { EngineWorld } from '../fixtures/engine-world'

const event = (id: string) => ({ id, at: minute(1) })

let world: EngineWorld
/** All pages of the source; each cursor resumes behind its page. */
let pages: readonly Required<Pick<Page, 'records' | 'cursor'>>[]
beforeEach(() => {
  world = engineWorld()
  pages = []
  world.feed.pages = (request) => {
    const since = request.mode === 'incremental' ? request.since : null
    return pages.slice(since === null ? 0 : pages.findIndex(({ cursor }) => cursor === since) + 1)
  }
})

const job = () =>
  jobOf(world, {
    source: scriptedSource(world.feed, { capabilities: ['page-cursor'] }),
    sync: incremental({ cursor: pageCursor() }),
  })
const cursor = () => world.stateOf(job()).cursor?.at ?? null
const asked = () => world.feed.asked.map((request) => (request.mode === 'incremental' ? request.since : '-'))

it('a page without records moves the cursor, is committed, and is not read again', async () => {
  pages = [{ records: [], cursor: 'empty' }]
  expect(await world.run(job())).toMatchObject({ outcome: 'succeeded', records: 0, rows: 0 })
  expect(cursor()).toBe('empty')

  pages = [...pages, { records: [event('a')], cursor: 'full' }]
  expect(await world.run(job())).toMatchObject({ records: 1, rows: 1 })
  expect(asked()).toEqual([null, 'empty'])
  expect(world.hits()).toEqual(['a'])
})

it('a page behind records without records moves the cursor behind them', async () => {
  pages = [
    { records: [event('a')], cursor: 'within' },
    { records: [], cursor: 'behind' },
  ]
  await world.run(job())
  expect(cursor()).toBe('behind')

  expect(await world.run(job())).toMatchObject({ records: 0 })
  expect(asked()).toEqual([null, 'behind'])
})

it('a page whose records are all rejected moves the cursor, and they come neither again nor twice', async () => {
  pages = [{ records: [{ id: 'no instant' }], cursor: 'rejects' }]
  expect(await world.run(job())).toMatchObject({ outcome: 'partial', reason: 'all-rejected', rejects: 1 })
  expect(cursor()).toBe('rejects')

  expect(await world.run(job())).toMatchObject({ records: 0, rejects: 0 })
})

it('a run without a page commits nothing', async () => {
  pages = [{ records: [event('a')], cursor: 'full' }]
  await world.run(job())
  const { commits } = world.stateOf(job())

  expect(await world.run(job())).toMatchObject({ outcome: 'succeeded', records: 0 })
  expect(world.stateOf(job())).toMatchObject({ commits, cursor: { at: 'full' } })
})

it('an empty page of a run that is killed before its commit is read again', async () => {
  pages = [{ records: [], cursor: 'empty' }]
  await world.kill(job(), () => world.feed.asked.length === 1)
  await world.pass(10 * 60_000)

  expect(await world.run(job())).toMatchObject({ outcome: 'succeeded' })
  expect(asked()).toEqual([null, null])
  expect(cursor()).toBe('empty')
})
