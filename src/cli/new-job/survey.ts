import { withoutControls } from '../../http/foreign-text'
import { withoutPersonalData } from '../../personal-data'
import { table } from '../table'
import { cursorCandidates, keyCandidates } from './candidates'
import { findRecords } from './find-records'
import { leavesOf } from './leaves'
import { inferPaging } from './paging'
import { inferFields } from './shape'
import type { CursorCandidate } from './candidates'
import type { FetchedPage } from './fetch-page'
import type { Leaf } from './leaves'
import type { Paging } from './paging'
import type { Field } from './shape'
import type { Wishes } from './wishes'

/** What one page shows of a source. */
export interface Survey {
  /** Where the records are in the body. */
  readonly path: string
  readonly records: readonly object[]
  readonly fields: readonly Field[]
  readonly leaves: readonly Leaf[]
  readonly keys: readonly string[]
  readonly cursors: readonly CursorCandidate[]
  readonly paging: Paging
}

/** @throws JobError where the answer has no records, or several lists that could be meant */
export function surveyOf(page: FetchedPage, wishes: Wishes): Survey {
  const { path, records } = findRecords(page.body, wishes.records)
  const fields = inferFields(records)
  const leaves = leavesOf(fields, records)
  const paging: Paging =
    wishes['single-page'] === true
      ? { kind: 'one-page' }
      : inferPaging({ ...page, count: records.length }, wishes['page-param'])
  return {
    ...{ path, records, fields, leaves, paging },
    keys: keyCandidates(leaves),
    cursors: cursorCandidates(leaves),
  }
}

/** The survey as lines for a person. Values are shown without what looks like personal data. */
export function surveyLines({ path, records, leaves, keys, cursors, paging }: Survey): readonly string[] {
  const marks = (leaf: Leaf) =>
    [
      leaf.isMissing ? 'absent or null in some records' : '',
      keys.includes(leaf.path) ? 'could be the primary key' : '',
      cursors.some((cursor) => cursor.path === leaf.path) ? 'could be the cursor' : '',
    ]
      .filter(Boolean)
      .join(', ')
  const next =
    paging.kind === 'pages'
      ? paging.text
      : paging.kind === 'unclear'
        ? `unclear: ${paging.why}`
        : 'no next page'
  return [
    `${records.length} records ${path === '' ? 'in a list' : `at "${path}"`}; paging: ${next}`,
    '',
    ...table([
      ['field', 'type', 'example', ''],
      ...leaves.map((leaf) => [leaf.path, typeOf(leaf), exampleOf(leaf), marks(leaf)]),
    ]),
    '',
  ].map(withoutControls)
}

export function typeOf({ shape }: Pick<Leaf, 'shape'>): string {
  if (shape.kind === 'number') return shape.isWhole ? 'whole number' : 'number'
  if (shape.kind === 'text') return shape.form === 'plain' ? 'text' : `text, ${shape.form}`
  return shape.kind
}

function exampleOf({ values }: Leaf): string {
  const value = values.find((one) => one !== null && one !== undefined)
  if (value === undefined) return ''
  const text = withoutPersonalData(typeof value === 'string' ? value : JSON.stringify(value))
  return text.length > 32 ? `${text.slice(0, 31)}…` : text
}
