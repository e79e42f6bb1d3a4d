import { isTimeZone } from '../../instant'
import { obviousKey } from './candidates'
import { findLeaf, wrong } from './mapping'
import { quoted } from './schema-text'
import type { CursorCandidate } from './candidates'
import type { DestinationKind, SyncPlan } from './job-plan'
import type { Survey } from './survey'
import type { Wishes } from './wishes'

/**
 * The sync mode: `sliced` where the API takes a range, `incremental` where it takes a cursor or its records are in
 * order, `fullRefresh` otherwise.
 * @throws JobError `params-invalid` where no mode can be served
 */
export function planSync(survey: Survey, destination: DestinationKind, wishes: Wishes): SyncPlan {
  const key = primaryKey(survey, wishes)
  const keyOption = key === null ? '' : `, primaryKey: ${key}`
  if (destination === 'classifications') return fullRefresh(key, ", onChange: 'send'")
  const cursor = chosenCursor(survey, wishes)
  const { 'since-param': since, 'from-param': from, 'to-param': to } = wishes
  // A total of a day is complete when the day has ended.
  const isTotal = destination === 'data-sources'
  if (isTotal || from !== undefined || to !== undefined) return sliced(cursor, keyOption, wishes)
  if (!cursor) return fullRefresh(key, '')
  if (!cursor.isAscending) {
    if (since !== undefined || wishes.cursor !== undefined) throw notInOrder(cursor)
    return fullRefresh(key, '')
  }
  const known = since === undefined ? 'clientFilter: true' : `sinceParam: ${quoted(since)}`
  return {
    text: `incremental({ cursor: ${cursorText(cursor, wishes)}${keyOption} })`,
    filter: known,
    imports: ['incremental', cursor.notation],
    says:
      since === undefined
        ? `Each run reads everything and keeps what is new by ${cursor.path}. If the API can filter, add --since-param <parameter>.`
        : `Each run asks for records from ${cursor.path} of the last one on, by the parameter ${since}.`,
  }
}

/** The key as source text. @throws JobError `params-invalid` where the values of the page refute it */
function primaryKey(survey: Survey, wishes: Wishes): string | null {
  const given = wishes['primary-key'] ?? obviousKey(survey.keys)
  if (given === null || given === '') return null
  const paths = given.split(',').map((path) => path.trim())
  const leaves = paths.map((path) => findLeaf(survey, path, '--primary-key'))
  const missing = leaves.find(({ isMissing }) => isMissing)
  if (missing) {
    throw wrong(`--primary-key: "${missing.path}" is not in every record.`, 'A key is present in each.')
  }
  const keys = survey.records.map((_record, index) =>
    JSON.stringify(leaves.map(({ values }) => values[index])),
  )
  if (new Set(keys).size < keys.length) {
    throw wrong(
      `--primary-key: two records of this page have the same ${paths.join(', ')}.`,
      survey.keys.length > 0
        ? `Different in each are ${survey.keys.join(', ')}.`
        : 'Name more fields, with commas.',
    )
  }
  const [only = '', ...others] = paths.map(quoted)
  return others.length === 0 ? only : `[${[only, ...others].join(', ')}]`
}

function chosenCursor(survey: Survey, { cursor, timestamp, destination }: Wishes): CursorCandidate | null {
  const path = cursor ?? (destination === 'data-sources' ? timestamp : undefined)
  if (path === undefined)
    return survey.cursors.find(({ isAscending }) => isAscending) ?? survey.cursors[0] ?? null
  findLeaf(survey, path, '--cursor')
  const candidate = survey.cursors.find((one) => one.path === path)
  if (candidate) return candidate
  throw wrong(
    `--cursor: the values of "${path}" are neither instants nor rising numbers in every record.`,
    survey.cursors.length > 0
      ? `Fields that are: ${survey.cursors.map((one) => one.path).join(', ')}.`
      : 'Without a cursor, a --primary-key makes it a full refresh.',
  )
}

function cursorText({ path, notation, time }: CursorCandidate, wishes: Wishes): string {
  if (notation === 'number') return `number(${quoted(path)})`
  if (time && time.unit !== 'iso') return `instant(${quoted(path)}, { unit: '${time.unit}' })`
  if (time?.hasOffset === true) return `instant(${quoted(path)})`
  const zone = wishes['time-zone']
  if (zone === undefined) {
    throw wrong(
      `The cursor ${path} carries no offset, so that its zone would be a guess.`,
      'Add --time-zone, such as UTC.',
    )
  }
  return `instant(${quoted(path)}, { timeZone: ${quoted(checkedZone(zone))} })`
}

export function checkedZone(zone: string): string {
  if (isTimeZone(zone)) return zone
  throw wrong(`--time-zone: "${zone}" is no IANA time zone.`, 'Such as UTC or Europe/Berlin.')
}

function sliced(cursor: CursorCandidate | null, keyOption: string, wishes: Wishes): SyncPlan {
  const { 'from-param': from, 'to-param': to, start, 'since-param': since } = wishes
  if ((from === undefined) !== (to === undefined) || start === undefined || since !== undefined) {
    throw wrong(
      'A job that reads day by day takes --start, and either both of --from-param and --to-param or none; no --since-param.',
      'Such as --start 2026-01-01 --from-param from --to-param to, where the API takes a range of time.',
    )
  }
  if (!/^\d{4}-\d\d-\d\d$/.test(start) || Number.isNaN(Date.parse(start))) {
    throw wrong(`--start: "${start}" is no date.`, 'Such as 2026-01-31.')
  }
  if (cursor?.notation !== 'instant') {
    throw wrong('A job that reads ranges of time needs a field with instants.', 'Name it with --cursor.')
  }
  const zone = checkedZone(wishes['time-zone'] ?? 'UTC')
  const options = `every: 'day', timeZone: ${quoted(zone)}, start: ${quoted(start)}`
  return {
    text: `sliced({ ${options}, cursor: ${cursorText(cursor, wishes)}${keyOption} })`,
    filter:
      from === undefined || to === undefined
        ? 'clientFilter: true'
        : `rangeParams: { from: ${quoted(from)}, to: ${quoted(to)} }`,
    imports: ['sliced', 'instant'],
    says: `Each day from ${start} on is read once, when it has ended (${zone}). If records still arrive later, add a lag.`,
  }
}

function fullRefresh(key: string | null, more: string): SyncPlan {
  if (key === null) {
    throw wrong(
      'The records have neither an order to resume at nor an obvious key.',
      'Name a field that is different in every record: --primary-key <field>; or sort the URL by a time, and name it: --cursor <field>.',
    )
  }
  return {
    text: `fullRefresh({ primaryKey: ${key}${more} })`,
    filter: null,
    imports: ['fullRefresh'],
    says: 'Each run reads all records and sends those that are new.',
  }
}

function notInOrder({ path }: CursorCandidate) {
  return wrong(
    `The records of this page are not in the order of ${path}, which an incremental job needs: it would stop with source-order.`,
    'Add the parameter to --url by which the API sorts, oldest first; or leave --cursor and --since-param out for a full refresh.',
  )
}
