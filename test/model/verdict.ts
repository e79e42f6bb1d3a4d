import { lineOf } from './destination'
import { tableOf } from './service'
import type { ModelRecord } from './records'
import type { World } from './world'

/** How what is stored differs from what was asked for, in lines. */
export interface Verdict {
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  /** Stored, but nobody asked for it, or with other content. */
  readonly unknown: readonly string[]
  /** Append: older than a line of its partition before it. Upsert: an older value in the place of a newer. */
  readonly disordered: readonly string[]
}

export const clean: Verdict = { lost: [], doubled: [], unknown: [], disordered: [] }

/** The line of a record. */
export function expectedLine({ id, visitor, minute, content }: ModelRecord): string {
  return lineOf({ id, visitor, at: minute * 60, content })
}

/** Every record once. */
export function verdict(world: World, records: readonly ModelRecord[] = world.feed.records): Verdict {
  const lines = records.map(expectedLine)
  return world.shape.kind === 'upsert' ? judgeTable(world, lines) : judgeRows(world, lines)
}

function judgeRows({ service, aside }: World, lines: readonly string[]): Verdict {
  const expected = countOf([...lines])
  for (const line of service.refused) expected.set(line, (expected.get(line) ?? 0) - 1)
  const stored = countOf(service.stored.flatMap((batch) => batch.lines))
  return {
    lost: [...expected].flatMap(([line, count]) => ((stored.get(line) ?? 0) < count ? [line] : [])),
    doubled: [...stored].flatMap(([line, count]) => {
      const asked = expected.get(line)
      return asked !== undefined && count > asked ? [line] : []
    }),
    unknown: [...stored.keys()].filter((line) => !expected.has(line)),
    disordered: disorderedRows(service.stored, (line) => !aside.has(line)),
  }
}

export function countOf(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1)
  return counts
}

/**
 * Older than a row before it of the same partition, or of the same visitor, who may have moved to another partition.
 * @param isInOrder false for lines that were late, or sent beside the ordinary work
 */
export function disorderedRows(
  stored: World['service']['stored'],
  isInOrder: (line: string) => boolean,
): string[] {
  const newest = new Map<string, number>()

  function isOlder(of: string, at: number): boolean {
    const before = newest.get(of) ?? -Infinity
    newest.set(of, Math.max(at, before))
    return at < before
  }

  return stored.flatMap(({ partition, lines }) =>
    lines.filter(isInOrder).filter((line) => {
      const [, visitor = '', at] = line.split(',')
      return [partition, `visitor ${visitor}`].filter((of) => isOlder(of, Number(at))).length > 0
    }),
  )
}

/** The last line of each id counts. */
function judgeTable({ service }: World, lines: readonly string[]): Verdict {
  const expected = new Map(lines.map((line) => [idOf(line), line]))
  const known = new Set(lines)
  const table = tableOf(service)
  return {
    lost: [...expected].flatMap(([id, line]) => (table.has(id) ? [] : [line])),
    doubled: [],
    unknown: service.applied.filter((line) => !known.has(line)),
    disordered: [
      ...[...expected].flatMap(([id, line]) => (table.has(id) && table.get(id) !== line ? [line] : [])),
      ...overtaken(service.applied),
    ],
  }
}

/** An older value that was applied after a newer one, even if only for a while. */
export function overtaken(applied: readonly string[]): string[] {
  const newest = new Map<string, number>()
  return applied.filter((line) => {
    const content = Number(line.split(',')[3])
    const before = newest.get(idOf(line)) ?? -Infinity
    newest.set(idOf(line), Math.max(content, before))
    return content < before
  })
}

function idOf(line: string): string {
  return line.split(',')[0] ?? ''
}
