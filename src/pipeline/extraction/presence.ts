import { decisions } from './decision'
import type { KeyTable } from './key-table'
import type { MemoryEntry } from './memory-entries'

/**
 * Which of the remembered records a whole read has had so far. `rewritten`: it came with rows of its own, so that only
 * these are its rows now.
 */
export interface Presence {
  /** Records of this read that the memory knows by now. */
  readonly seen: number
  /** False once a record had no readable primary key: any remembered one may be it, so none counts as absent. */
  readonly isCertain: boolean
  of(high: number, low: number): 'absent' | 'present' | 'rewritten'
  rewrite(high: number, low: number): void
  /** How many remembered records the read has not had; those that a person dropped are not counted. */
  absent(): number
  /** Makes them unknown: where one comes back, it is new. */
  forgetAbsent(): void
}

/** Marks of the present read, beside the decision in its word of the table; never stored. */
const marks = { seen: 0x100, rewritten: 0x200 }
const decisionMask = 0xff

/** An entry as it is stored. */
export function bare(entry: MemoryEntry): MemoryEntry {
  return { ...entry, decision: entry.decision & decisionMask }
}

/** The presence as the memory that owns the table keeps it. */
export interface PresenceMarks extends Presence {
  begin(): void
  see(high: number, low: number): void
  unreadable(): void
  /** The entry with the marks that its record has in this read. */
  marked(entry: MemoryEntry): MemoryEntry
}

/** @param store remembers an entry with the next commit */
export function createPresence(table: KeyTable, store: (entry: MemoryEntry) => void): PresenceMarks {
  let seen = 0
  let isCertain = true

  function mark(high: number, low: number, mask: number): void {
    const entry = table.find(high, low)
    if (!entry || (entry.decision & mask) === mask) return
    if ((entry.decision & marks.seen) === 0) seen += 1
    table.put({ ...entry, decision: entry.decision | mask })
  }

  function* absentEntries(): Iterable<MemoryEntry> {
    for (const entry of table.entries()) if (isAbsent(entry)) yield entry
  }

  return {
    get seen() {
      return seen
    },
    get isCertain() {
      return isCertain
    },
    begin() {
      for (const entry of table.entries()) if (entry.decision > decisionMask) table.put(bare(entry))
      seen = 0
      isCertain = true
    },
    see: (high, low) => mark(high, low, marks.seen),
    rewrite: (high, low) => mark(high, low, marks.seen | marks.rewritten),
    unreadable() {
      isCertain = false
    },
    of(high, low) {
      const decision = table.find(high, low)?.decision ?? 0
      if ((decision & marks.rewritten) !== 0) return 'rewritten'
      return (decision & marks.seen) === 0 ? 'absent' : 'present'
    },
    marked(entry) {
      const before = table.find(entry.words[0], entry.words[1])?.decision ?? 0
      if ((before & marks.seen) === 0) seen += 1
      return { ...entry, decision: entry.decision | (before & ~decisionMask) | marks.seen }
    },
    absent() {
      let count = 0
      for (const entry of absentEntries()) count += entry.decision === decisions.dropped ? 0 : 1
      return count
    },
    forgetAbsent() {
      for (const absent of absentEntries()) {
        if (absent.decision === decisions.dropped) continue
        const entry = { ...absent, decision: decisions.vanished }
        table.put(entry)
        store(entry)
      }
    },
  }
}

function isAbsent({ decision }: MemoryEntry): boolean {
  return (decision & marks.seen) === 0 && (decision & decisionMask) !== decisions.vanished
}
