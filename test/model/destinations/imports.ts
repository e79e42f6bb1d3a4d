import type { PollAnswer } from '../../../src/destinations/destination'
import type { Choices } from '../choices'
import type { WorldTime } from '../time'

/** How an import ends; 0 is the ordinary case. Imports should fail only in simulations with an operator. */
export type ImportEnd = 'done' | 'rejected' | 'broken' | 'broken-in-part'

/** One import of a service that works after it has answered. */
export interface Import {
  readonly receipt: string
  readonly name: string
  readonly lines: readonly string[]
  readonly createdAt: number
  readonly visibleAt: number
  readonly endsAt: number
  readonly end: ImportEnd
}

/** A queue that imports one batch after the other, each for a while of its own. */
export interface ImportQueue {
  readonly imports: readonly Import[]
  add(name: string, lines: readonly string[], visibleAfterMs: number): string
  poll(receipt: string): PollAnswer
}

const workMs = [0, 60_000, 30 * 60_000]

export function importQueue(
  time: WorldTime,
  choices: Choices,
  /** What `end` may be beside `done`. */
  failures: readonly ImportEnd[],
  /** Called when an import ends, with the lines that take effect. */
  store: (lines: readonly string[]) => void,
): ImportQueue {
  const imports: Import[] = []

  function effect({ lines, end }: Import): readonly string[] {
    if (end === 'done') return lines
    return end === 'broken-in-part' ? lines.slice(0, -1) : []
  }

  return {
    imports,
    add(name, lines, visibleAfterMs) {
      const now = time.now()
      const endsAt = Math.max(now, imports.at(-1)?.endsAt ?? 0) + (workMs[choices.next(workMs.length)] ?? 0)
      const end = failures[choices.next(failures.length + 1) - 1] ?? 'done'
      const receipt = `import-${imports.length + 1}`
      const added: Import = {
        receipt,
        name,
        lines,
        createdAt: now,
        visibleAt: now + visibleAfterMs,
        endsAt,
        end,
      }
      imports.push(added)
      if (endsAt === now) store(effect(added))
      else void time.sleep(endsAt - now).then(() => store(effect(added)))
      return receipt
    },
    poll(receipt) {
      const found = imports.find((one) => one.receipt === receipt)
      if (!found) return { kind: 'unknown', message: 'HTTP 404' }
      if (time.now() < found.endsAt) return { kind: 'processing' }
      const rows = effect(found).length
      if (found.end === 'done') return { kind: 'done', rows }
      const cause = found.end === 'rejected' ? 'rejected' : 'broken'
      return { kind: 'failed', cause, rows, message: found.end }
    },
  }
}
