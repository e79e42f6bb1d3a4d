import type { Removal } from './removal'

/** Second sources and children of parents. */
export const joinRemovals: readonly Removal[] = [
  {
    safeguard: 'a record without a match is a reject where the join declares it',
    file: 'src/pipeline/joins/enrichment.ts',
    find: "(join.whenUnmatched === 'reject' || (key === null && !isAbsent))",
    replace: '(key === null && !isAbsent)',
  },
  {
    safeguard: 'a join key that cannot be compared is not taken for one without a match',
    file: 'src/pipeline/joins/enrichment.ts',
    find: ' || (key === null && !isAbsent))',
    replace: ')',
  },
  {
    safeguard: 'a join replaces no field of a record',
    file: 'src/pipeline/joins/enrichment.ts',
    find: 'if (Object.hasOwn(raw, one.name)) throw nameTaken(one.name)',
    replace: '',
  },
  {
    safeguard: "joined fields are part of a record's content only where the join declares it",
    file: 'src/pipeline/joins/enrichment.ts',
    find: 'if (one.join.changesRecords) contentFields',
    replace: 'contentFields',
  },
  {
    safeguard: 'the source of a join is read once a run',
    file: 'src/pipeline/joins/enrichment.ts',
    find: '(loaded ??= loadAll(opened, signal))',
    replace: '(loaded = loadAll(opened, signal))',
  },
  {
    safeguard: 'a join source with a key twice is refused',
    file: 'src/pipeline/joins/join-table.ts',
    find: 'if (table.has(id))',
    replace: 'if (table.has(id) && table.size < 0)',
  },
  {
    safeguard: 'an empty join source is refused',
    file: 'src/pipeline/joins/join-table.ts',
    find: 'if (table.size === 0)',
    replace: 'if (table.size < 0)',
  },
  {
    safeguard: 'a join source without a joined field is refused',
    file: 'src/pipeline/joins/join-table.ts',
    find: 'if (absent !== undefined)',
    replace: 'if (absent !== undefined && table.size < 0)',
  },
  {
    safeguard: 'the records of a join are limited',
    file: 'src/pipeline/joins/join-table.ts',
    find: 'table.size >= limits.records',
    replace: 'table.size >= Infinity',
  },
  {
    safeguard: 'the bytes of a join are limited',
    file: 'src/pipeline/joins/join-table.ts',
    find: 'bytes > limits.megabytes * megabyte',
    replace: 'bytes > Infinity',
  },
  {
    safeguard: 'a join key beyond 2^53 is none',
    file: 'src/pipeline/joins/join-table.ts',
    find: '|| Number.isSafeInteger(value)',
    replace: "|| typeof value === 'number'",
  },
  {
    safeguard: 'a joined field is part of neither primary key nor cursor',
    file: 'src/definition/join-faults.ts',
    find: '].some(isJoined)',
    replace: "].every((path) => isJoined(path) && path === '')",
  },
  {
    safeguard: 'a join that decides about the consent changes records',
    file: 'src/definition/join-faults.ts',
    find: 'consent && isJoined(consent.field) && !join.changesRecords',
    replace: 'consent && isJoined(consent.field) && false',
  },
  {
    safeguard: 'a join changes records only where they are recognised and read again',
    file: 'src/definition/join-faults.ts',
    find: 'join.changesRecords ? changeFault(sync) : null',
    replace: "join.changesRecords && changeFault(sync) === '' ? changeFault(sync) : null",
  },
  {
    safeguard: 'the parents of a child source are limited',
    file: 'src/sources/rest/parents.ts',
    find: 'parents.length >= most',
    replace: 'parents.length >= Infinity',
  },
  {
    safeguard: 'the carried fields of all parents are limited',
    file: 'src/sources/rest/parents.ts',
    find: 'if (bytes > maxBytes)',
    replace: 'if (bytes > Infinity)',
  },
  {
    safeguard: 'a parent that comes twice with different fields is refused',
    file: 'src/sources/rest/parents.ts',
    find: 'if (before !== undefined)',
    replace: 'if (before !== undefined && seen.size < 0)',
  },
  {
    safeguard: 'the children of a parent that comes twice are asked for once',
    file: 'src/sources/rest/parents.ts',
    find: 'if (before === hash) continue',
    replace: 'if (before === hash) seen.delete(key)\n      if (before === hash && seen.size < 0) continue',
  },
  {
    safeguard: 'a parent without a value for its place is refused',
    file: 'src/sources/rest/parents.ts',
    find: 'throw faulty(`sends a parent without a text or whole number at "${path}"`)',
    replace: 'return String(value)',
  },
  {
    safeguard: 'a parent id beyond 2^53 is refused',
    file: 'src/sources/rest/parents.ts',
    find: ' && Number.isSafeInteger(value)',
    replace: '',
  },
  {
    safeguard: 'the fields of a parent replace none of its children',
    file: 'src/sources/rest/child-source.ts',
    find: 'if (!Object.hasOwn(record, as)) return',
    replace: "if (as !== '' || !Object.hasOwn(record, as)) return",
  },
  {
    safeguard: 'other carried fields are another definition',
    file: 'src/sources/rest/child-source.ts',
    find: ' (${digest})`',
    replace: '${digest.slice(0, 0)}`',
  },
  {
    safeguard: 'the bounds of a slice go to the parents or to the children',
    file: 'src/sources/rest/child-options.ts',
    find: 'isTwice ? ',
    replace: 'isTwice && false ? ',
  },
  {
    safeguard: 'the cursor of a slice belongs to the source that takes its bounds',
    file: 'src/definition/job-faults.ts',
    find: 'if (sync.cursor.path.startsWith(`${field}.`) === isWithin) return null',
    replace: "if (sync.cursor.path.startsWith(`${field}.`) === isWithin || field !== '') return null",
  },
]
