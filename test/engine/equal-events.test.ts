import fc from '../fixtures/fast-check'
import * as z from 'zod'
import { incremental } from '../../src/definition/incremental'
import { sliced } from '../../src/definition/sliced'
import { atInstant, engineWorld, hourMs, jobOf, minute, minuteMs } from '../fixtures/engine-world'
import type { Job } from '../../src/definition/job'
import type { Command } from '../../src/pipeline/run-context'

const Strict = z.object({ id: z.string(), at: z.string(), value: z.number() })
const Lax = Strict.extend({ value: z.union([z.number(), z.literal('x')]) })
type Lax = z.infer<typeof Lax>

const resendRejects: Partial<Command> = { resolve: 'rejects', as: 'resend' }

interface Happening {
  readonly id: string
  /** Minutes after the world begins. */
  readonly at: number
  readonly value: 1 | 'x'
}

const happening = fc.record({
  id: fc.constantFrom('a', 'b'),
  gap: fc.constantFrom(0, 0, 0, 1),
  value: fc.constantFrom(1 as const, 1 as const, 'x' as const),
})

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      events: fc.array(happening, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('run' as const, 'resend' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('kill' as const),
      operation: fc.integer({ min: 1, max: 40 }),
      resends: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('change schema' as const, 'vary' as const) }) },
)

const syncs: Readonly<Record<string, Job['sync']>> = {
  incremental: incremental({ cursor: atInstant }),
  sliced: sliced({ cursor: atInstant, every: 'hour', timeZone: 'UTC', start: '2026-11-20' }),
}

/** How often each line is there. */
function countsOf(lines: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const line of [...lines].sort()) counts[line] = (counts[line] ?? 0) + 1
  return counts
}

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

async function play(mode: string, steps: readonly Step[], pageSize: number) {
  const world = engineWorld()
  const begin = world.clock.now()
  const events: Happening[] = []
  const sync = syncs[mode] ?? incremental({ cursor: atInstant })
  let [schema, variation, hasVaried]: [z.ZodType, number, boolean] = [Strict, 0, false]
  let newest = 0
  world.feed.pageSize = pageSize

  function job(): Job {
    const map = (record: unknown) => ({ id: (record as Lax).id, value: String((record as Lax).value) })
    return jobOf(world, { sync, record: schema, map })
  }

  /** The records that the source sends now; one field may differ at each read. */
  function fill(): void {
    world.feed.records = events.map(({ id, at, value }, index) => ({
      ...{ id, at: minute(24 * 60 + at - 60), value },
      ...(variation > 0 ? { servedBy: `${variation}-${index % 2}` } : {}),
    }))
    if (variation > 0) variation += 1
  }

  async function run(command: Partial<Command> = {}): Promise<void> {
    fill()
    await world.run(job(), command)
  }

  for (const given of steps) {
    // What has happened is not changed any more: slices that are over may be done.
    const soonest = mode === 'sliced' ? 60 + Math.ceil((world.clock.now() - begin) / minuteMs) : 0
    if (given.kind === 'add') {
      for (const { id, gap, value } of given.events) {
        newest = Math.max(newest + gap, soonest)
        events.push({ id, at: newest, value })
      }
    } else if (given.kind === 'run') await run()
    else if (given.kind === 'resend') {
      await run(resendRejects)
      // The same command counts again after an hour.
      await world.pass(2 * hourMs)
    } else if (given.kind === 'kill') {
      fill()
      let operations = 0
      const isLast = () => (operations += 1) >= given.operation
      const killed = world.kill(job(), isLast, given.resends ? resendRejects : {})
      // It may have ended before.
      await killed.catch((error: unknown) => expect(error).toBeInstanceOf(RangeError))
      await world.pass(5 * minuteMs)
    } else if (given.kind === 'vary') {
      variation = variation > 0 ? 0 : 1
      hasVaried = true
    } else schema = hasVaried || schema === Strict ? Lax : Strict
  }

  schema = Lax
  for (let times = 0; times < 3; times += 1) {
    await world.pass(2 * hourMs)
    await run(resendRejects)
    await world.pass(2 * hourMs)
    await run()
  }
  return { hits: world.hits(), events: events.map(({ id, value }) => `${id}=${value}`) }
}

it('equal events are sent as often as they happened, whichever runs crash', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(syncs)),
      fc.array(step, { minLength: 2, maxLength: 12, size: 'max' }),
      fc.constantFrom(1, 3, 10),
      async (mode, steps, pageSize) => {
        const { hits, events } = await play(mode, steps, pageSize)
        expect(countsOf(hits)).toEqual(countsOf(events))
      },
    ),
    { numRuns: 100 },
  )
}, 240_000)

it('an event that was sent and an equal one that was rejected count as two events once the schema is corrected', async () => {
  const event = { id: 'b', gap: 0, value: 'x' } as const
  const { hits } = await play(
    'incremental',
    [
      { kind: 'change schema' },
      { kind: 'add', events: [event] },
      { kind: 'run' },
      { kind: 'change schema' },
      { kind: 'add', events: [event] },
      { kind: 'run' },
    ],
    10,
  )
  expect(hits).toEqual(['b=x', 'b=x'])
})
