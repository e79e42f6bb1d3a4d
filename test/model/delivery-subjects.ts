import { textFile } from '../fixtures/text-format'
import { keyedDestination, keyedService } from './destinations/keyed'
import { namedDestination, namedService } from './destinations/named'
import { eventOf } from './destinations/rows'
import { upsertDestination, upsertService } from './destinations/upsert'
import { commits, initial, keyFlaws, specialOf } from './key-changes'
import type { Choices } from './choices'
import type { OpenSubject, Subject } from './delivery-schedules'
import type { KeyChange } from './key-changes'
import type { WorldTime } from './time'

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

export const keyed: OpenSubject = () => {
  const service = keyedService()
  return {
    batches: eventBatches.map(([entry, file]) => [entry, file]),
    open: (network) => keyedDestination(service, network),
    flaws: () => eventFlaws(service.lines),
  }
}

export const named: OpenSubject = (time, choices) => {
  const service = namedService(time, choices)
  return {
    batches: eventBatches.map(([entry, file]) => [entry, file]),
    open: (network) => namedDestination(service, network),
    flaws: () => eventFlaws(service.lines),
  }
}

/** A value is the number of its commit, with a sign before it where the commit deletes the key. */
function valueLine({ key, version, isDeletion }: KeyChange): string {
  return `${key}=${isDeletion ? '-' : ''}${version}`
}

const valueBatches: Subject['batches'] = commits.flatMap((batches, index) =>
  batches.map((changes) => {
    const lines = changes.map((change) => `${valueLine(change)}\n`)
    return [{ partition: 'dataset', commit: index + 1 }, textFile(lines), specialOf(changes)] as const
  }),
)

export const upsert: OpenSubject = (time, choices) => upsertSubject(time, choices, valueBatches)

export const upsertInOneCommit: OpenSubject = (time, choices) =>
  upsertSubject(
    time,
    choices,
    valueBatches.map(([entry, ...file]) => [{ ...entry, commit: 1 }, ...file] as const),
  )

function upsertSubject(time: WorldTime, choices: Choices, batches: Subject['batches']): Subject {
  const service = upsertService(time, choices, ['broken'], initial.map(valueLine))
  return {
    batches,
    open: (network) => upsertDestination(service, network),
    flaws() {
      const history = service.history.map(({ key, value }) => ({
        ...{ key, version: Math.abs(Number(value)), isDeletion: value.startsWith('-') },
      }))
      const stored = [...service.values].filter(([, value]) => !value.startsWith('-'))
      return keyFlaws(history, new Map(stored.map(([key, value]) => [key, Number(value)])))
    },
  }
}
