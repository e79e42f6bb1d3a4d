import fc from '../fixtures/fast-check'
import { textFile } from '../fixtures/text-format'
import { play, schedule, settings } from './delivery-schedules'
import { keyedDestination, keyedService } from './destinations/keyed'
import { namedDestination, namedService } from './destinations/named'
import { eventOf } from './destinations/rows'
import { upsertDestination, upsertService } from './destinations/upsert'
import type { Delivery, SendWindow } from '../../src/destinations/destination'
import type { Choices } from './choices'
import type { OpenSubject, Subject, Tamper } from './delivery-schedules'
import type { WorldTime } from './time'

const numRuns = 200

const intact: Tamper = (destination) => destination

async function isSafe(open: OpenSubject, tamper: Tamper): Promise<boolean> {
  const property = fc.asyncProperty(schedule, async (drawn) => {
    expect((await play(open, drawn, tamper)).flaws).toEqual([])
  })
  return !(await fc.check(property, { numRuns, seed: 11, endOnFailure: true })).failed
}

/** Four batches of each of two partitions. */
const eventBatches = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => {
  const visitor = index % 2
  const at = Math.floor(index / 2) * 2
  const lines = [at, at + 1].map((time) => `r${visitor}.${time},${visitor},${time}\n`)
  const entry = { partition: `p${visitor}`, commit: 1 + Math.floor(index / 4) }
  return [entry, textFile(lines), lines] as const
})

function eventFlaws(stored: readonly string[]): string[] {
  const wanted = eventBatches.flatMap(([, , lines]) => lines.map((line) => line.trimEnd()))
  const lost = wanted.filter((line) => !stored.includes(line)).map((line) => `lost ${line}`)
  const doubled = stored
    .filter((line, index) => stored.indexOf(line) !== index)
    .map((line) => `doubled ${line}`)
  const newest = new Map<number, number>()
  const disordered = stored.filter((line) => {
    const { visitor, at } = eventOf(line)
    const late = at < (newest.get(visitor) ?? -1)
    newest.set(visitor, Math.max(at, newest.get(visitor) ?? -1))
    return late
  })
  return [...lost, ...doubled, ...disordered.map((line) => `disordered ${line}`)]
}

const keyed: OpenSubject = () => {
  const service = keyedService()
  return {
    batches: eventBatches.map(([entry, file]) => [entry, file]),
    open: (network) => keyedDestination(service, network),
    flaws: () => eventFlaws(service.lines),
  }
}

const named: OpenSubject = (time, choices) => {
  const service = namedService(time, choices)
  return {
    batches: eventBatches.map(([entry, file]) => [entry, file]),
    open: (network) => namedDestination(service, network),
    flaws: () => eventFlaws(service.lines),
  }
}

const versions = ['1', '2', '3']
const keys = ['a', 'b', 'c', 'd', 'e', 'f']

/** Three commits that give every key a newer value, in three batches each. */
const valueBatches: Subject['batches'] = versions.flatMap((version, index) =>
  [0, 2, 4].map((from) => {
    const lines = keys.slice(from, from + 2).map((key) => `${key}=${version}\n`)
    return [{ partition: 'dataset', commit: index + 1 }, textFile(lines)] as const
  }),
)

const upsert: OpenSubject = (time, choices) => upsertSubject(time, choices, valueBatches)

const upsertInOneCommit: OpenSubject = (time, choices) =>
  upsertSubject(
    time,
    choices,
    valueBatches.map(([entry, file]) => [{ ...entry, commit: 1 }, file] as const),
  )

function upsertSubject(time: WorldTime, choices: Choices, batches: Subject['batches']): Subject {
  const service = upsertService(time, choices, ['broken'])
  return {
    batches,
    open: (network) => upsertDestination(service, network),
    flaws() {
      const stale = service.history.filter(({ key, value }, index) =>
        service.history.slice(0, index).some((before) => before.key === key && before.value > value),
      )
      const wrong = keys.filter((key) => service.values.get(key) !== versions.at(-1))
      return [
        ...stale.map(({ key, value }) => `${key} went back to ${value}`),
        ...wrong.map((key) => `${key} is ${service.values.get(key) ?? 'missing'}`),
      ]
    },
  }
}

describe.each([
  ['keyed', keyed],
  ['named', named],
  ['upsert', upsert],
] as const)('%s delivery', (_kind, open) => {
  it('stores every row once, in order, without faults', async () => {
    expect(await play(open, { activations: [], choices: [] }, intact)).toEqual({ finished: true, flaws: [] })
  })

  it('stores every row once, in order, through crashes, freezes and lost answers, and always finishes', async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async (drawn) => {
        expect(await play(open, drawn, intact)).toEqual({ finished: true, flaws: [] })
      }),
      { numRuns, seed: 3 },
    )
  }, 300_000)
})

describe.each([
  ['keyed', keyed],
  ['named', named],
  ['upsert', upsert],
] as const)('%s delivery with a plan', (_kind, open) => {
  it('sends no row of it before the approval and each row once, through the same faults', async () => {
    await fc.assert(
      fc.asyncProperty(schedule, fc.nat(4), async (drawn, approvedBy) => {
        expect(await play(open, drawn, intact, approvedBy)).toEqual({ finished: true, flaws: [] })
      }),
      { numRuns: 60, seed: 5 },
    )
  }, 300_000)
})

describe('a version without one safeguard is caught as unsafe:', () => {
  const deliveryWith = (change: (delivery: Delivery) => Delivery): Tamper => {
    return (destination) => ({ ...destination, delivery: change(destination.delivery) })
  }
  const withoutLookup = deliveryWith((delivery) =>
    delivery.kind === 'upsert'
      ? delivery
      : { ...delivery, lookup: () => Promise.resolve({ kind: 'absent' as const }) },
  )
  const withoutWait = deliveryWith((delivery) =>
    delivery.kind === 'upsert'
      ? { ...delivery, settleMs: -settings.sendTimeoutMs }
      : { ...delivery, visibleWithinMs: 0 },
  )
  const withoutPoll: Tamper = (destination) => ({
    ...destination,
    poll: () => Promise.resolve({ kind: 'done' as const }),
  })
  const forever: SendWindow = { signal: new AbortController().signal, isOpen: () => true }
  const withoutWindow: Tamper = (destination) => ({
    ...destination,
    send: (batch, _window, handle) => destination.send(batch, forever, handle),
  })

  it.each<[string, OpenSubject, Tamper]>([
    ['the lookup by key', keyed, withoutLookup],
    ['the wait before an absence by key counts', keyed, withoutWait],
    ['the lookup by name', named, withoutLookup],
    ['the wait before an absence by name counts', named, withoutWait],
    ['the barrier before newer values', upsert, withoutWait],
    ['the poll', upsert, withoutPoll],
    ['the order of commits', upsertInOneCommit, intact],
    ['the send window right before a request leaves', keyed, withoutWindow],
  ])(
    'without %s',
    async (_what, open, tamper) => {
      expect(await isSafe(open, tamper)).toBe(false)
    },
    300_000,
  )
})
