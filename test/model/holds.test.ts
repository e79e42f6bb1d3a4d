import { runJob } from '../../src/pipeline/run-job'
import { openGzipFile } from './batch-text'
import { benign } from './choices'
import { clean, createWorld, recordsFor, verdict } from './world'
import type { Destination, LookupAnswer, SendAnswer } from '../../src/destinations/destination'
import type { RunRequest } from '../../src/pipeline/run-context'
import type { RunReport } from '../../src/state/run-report'
import type { World, WorldOptions } from './world'

const hour = 3_600_000
const nothing: RunRequest = { force: false }

/** Lets `tamper` change what the destination answers; the rest of the world behaves. */
function tampered(tamper: (destination: Destination) => Partial<Destination>): Pick<WorldOptions, 'change'> {
  return {
    change: (dependencies) => ({
      ...dependencies,
      openFile: openGzipFile,
      destination: { ...dependencies.destination, ...tamper(dependencies.destination) },
    }),
  }
}

function firstSend(answer: SendAnswer): Pick<WorldOptions, 'change'> {
  let sent = 0
  return tampered(({ send }) => ({
    send: (batch, signal) => (sent++ === 0 ? Promise.resolve(answer) : send(batch, signal)),
  }))
}

async function tick(world: World, request: RunRequest = nothing): Promise<RunReport> {
  const { done } = world.activate(null, request)
  await world.time.runUntil(done, 6 * hour)
  return done
}

function worldWith(options: Partial<WorldOptions>): World {
  return createWorld({ records: recordsFor(4), choices: benign, runJob, ...options })
}

const invalid: SendAnswer = {
  kind: 'accepted',
  rows: 2,
  invalidRows: 1,
  log: 'On row: 1, missing UserAgent.',
}

it('an answer that counts invalid rows is held, shown with its log, and can be accepted but never sent again', async () => {
  const world = worldWith(firstSend(invalid))

  const held = await tick(world)
  const batch = held.held[0]?.batch ?? ''
  const refused = await tick(world, { force: false, resolve: batch, as: 'resend' })
  const resolved = await tick(world, { force: false, resolve: batch, as: 'sent' })

  expect(held).toMatchObject({ outcome: 'failed', reason: 'batch-held', invalidRows: 1 })
  expect(held.held[0]).toMatchObject({ code: 'invalid-rows' })
  expect(held.held[0]?.message).toContain('missing UserAgent')
  expect(held.held[0]?.choices).toHaveLength(2)
  expect(refused).toMatchObject({ error: { code: 'params-invalid' } })
  expect(resolved).toMatchObject({ outcome: 'succeeded', pending: 0 })
  expect(resolved.notes[0]).toContain('resolved as sent')
})

it('a refused file is held, and arrives once when it is sent again after the cause was mended', async () => {
  const world = worldWith(firstSend({ kind: 'rejected', message: 'No visitor ID found in the file header.' }))

  const held = await tick(world)
  const resolved = await tick(world, { force: false, resolve: held.held[0]?.batch, as: 'resend' })

  expect(held.held[0]).toMatchObject({ code: 'rejected' })
  expect(resolved).toMatchObject({ outcome: 'succeeded', pending: 0 })
  expect(verdict(world)).toEqual(clean)
})

it('a dropped batch stays out, and the others go on', async () => {
  const world = worldWith(firstSend({ kind: 'rejected', message: 'no' }))

  const held = await tick(world)
  await tick(world, { force: false, resolve: held.held[0]?.batch, as: 'drop' })
  world.records.push({ id: 'next', visitor: 0, minute: 9 })
  const next = await tick(world)

  expect(next).toMatchObject({ outcome: 'succeeded', rows: 1 })
  expect(verdict(world)).toMatchObject({ doubled: [], disordered: [] })
  expect(verdict(world).lost.length).toBeGreaterThan(0)
})

it('a hold stops extraction and its own group, but not the other group', async () => {
  const world = worldWith(firstSend(invalid))

  await tick(world)
  world.records.push({ id: 'next', visitor: 0, minute: 9 })
  const second = await tick(world)

  expect(second).toMatchObject({ outcome: 'failed', reason: 'batch-held', records: 0 })
  expect(world.adobe.accepted).toHaveLength(1)
})

it('a single row that is too large is held; more rows are split until they fit', async () => {
  const world = worldWith(
    tampered(({ send }) => ({
      send: (batch, signal) =>
        batch.rows > 1
          ? Promise.resolve<SendAnswer>({ kind: 'too-large', message: 'HTTP 413' })
          : send(batch, signal),
    })),
  )
  const never = worldWith(
    tampered(() => ({ send: () => Promise.resolve<SendAnswer>({ kind: 'too-large', message: 'HTTP 413' }) })),
  )

  const split = await tick(world)
  const held = await tick(never)

  expect(split).toMatchObject({ outcome: 'succeeded', pending: 0 })
  expect(verdict(world)).toEqual(clean)
  expect(held.held[0]).toMatchObject({ code: 'row-too-large' })
})

it('a key that Adobe knows with other rows is held', async () => {
  const world = worldWith({
    ...tampered(() => ({
      send: () => Promise.resolve<SendAnswer>({ kind: 'unknown', message: 'cut' }),
      lookup: () => Promise.resolve<LookupAnswer>({ kind: 'found', rows: 99 }),
    })),
  })

  const held = await tick(world)

  expect(held.held[0]).toMatchObject({ code: 'key-collision' })
})

it('a key that Adobe may have forgotten is held, and nothing is sent', async () => {
  const world = worldWith({
    settings: { trustMs: hour },
    ...tampered(() => ({ send: () => Promise.resolve<SendAnswer>({ kind: 'unknown', message: 'cut' }) })),
  })

  const waiting = await tick(world)
  await world.time.runUntil(world.time.sleep(3 * hour), 3 * hour)
  const held = await tick(world)

  expect(waiting).toMatchObject({ outcome: 'partial', reason: 'waiting' })
  expect(held.held[0]).toMatchObject({ code: 'too-old-to-ask' })
  expect(world.adobe.accepted).toHaveLength(0)
})

it.each([
  ['is gone', 'file-missing', (world: World) => forEachBatch(world, (path) => world.files.delete(path))],
  [
    'was changed',
    'file-damaged',
    (world: World) =>
      forEachBatch(world, (path) =>
        world.files.set(path, { body: Buffer.from('x'), etag: '"x"', modifiedAt: 0 }),
      ),
  ],
] as const)('a staged file that %s is held', async (_what, code, harm) => {
  let reachable = false
  const world = worldWith(
    tampered(({ send, lookup }) => ({
      send: (batch, signal) =>
        reachable ? send(batch, signal) : Promise.resolve<SendAnswer>({ kind: 'not-sent', message: 'down' }),
      lookup: (batch, signal) =>
        reachable
          ? lookup(batch, signal)
          : Promise.resolve<LookupAnswer>({ kind: 'not-sent', message: 'down' }),
    })),
  )

  const down = await tick(world)
  harm(world)
  reachable = true
  const held = await tick(world)

  expect(down).toMatchObject({ outcome: 'failed', error: { code: 'destination-unreachable' } })
  expect(held.held[0]).toMatchObject({ code })
})

function forEachBatch(world: World, harm: (path: string) => void): void {
  for (const path of [...world.files.keys()]) if (path.endsWith('.csv.gz')) harm(path)
}

it('files found by the lookup whose rows Adobe finds fault with are held', async () => {
  const world = worldWith(
    tampered(({ send }) => ({
      send: async (batch, signal) => {
        await send(batch, signal)
        return { kind: 'unknown', message: 'cut' }
      },
      check: () => Promise.resolve({ kind: 'invalid', message: 'File has 1 rows that do not conform' }),
    })),
  )

  const held = await tick(world)

  expect(held.held[0]).toMatchObject({ code: 'invalid-rows' })
})

it('a request that makes no sense is refused with what would', async () => {
  const world = worldWith({})
  await tick(world)

  const unknown = await tick(world, { force: false, resolve: 'no-such-batch', as: 'sent' })
  const half = await tick(world, { force: false, resolve: 'no-such-batch' })

  expect(unknown.error?.remedy).toContain('No batch is held')
  expect(half.error?.remedy).toContain('as=sent')
})
