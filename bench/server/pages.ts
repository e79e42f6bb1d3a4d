import { cycle, firstAt, orderOf, pageSize } from '../orders'

/** A serialised page, and where in it the ids and the times stand. */
interface Template {
  readonly body: Buffer
  readonly ids: readonly number[]
  readonly times: readonly number[]
}

const idStart = '"id":"order-'
const timeStart = '"at":"'
const zero = 0x30

function templateOf(page: number): Template {
  const orders = Array.from({ length: pageSize }, (_, offset) => orderOf(page * pageSize + offset))
  const text = JSON.stringify(orders)
  const body = Buffer.from(`{"data":${text.slice(0, -1)}`)
  const ids: number[] = []
  const times: number[] = []
  for (let at = body.indexOf(idStart); at >= 0; at = body.indexOf(idStart, at + 1)) {
    ids.push(at + idStart.length)
    times.push(body.indexOf(timeStart, at) + timeStart.length)
  }
  return { body, ids, times }
}

const templates = Array.from({ length: cycle / pageSize }, (_, page) => templateOf(page))

/**
 * One page of `rows` orders, ready to be sent. Copied from what was serialised before any clock ran, with new ids and
 * times: the server is never what a subject waits for, and its memory does not grow with the rows.
 */
export function pageBody(page: number, rows: number): Buffer {
  const { body, ids, times } = templates[page % templates.length] ?? templateOf(page)
  const next = (page + 1) * pageSize < rows ? `"${page + 1}"` : 'null'
  const end = `],"next":${next}}`
  const bytes = Buffer.allocUnsafe(body.length + end.length)
  body.copy(bytes)
  bytes.write(end, body.length, 'latin1')
  for (let offset = 0; offset < pageSize; offset += 1) {
    const index = page * pageSize + offset
    writeDigits(bytes, ids[offset] ?? 0, 9, index)
    writeTime(bytes, times[offset] ?? 0, index)
  }
  return bytes
}

function writeDigits(bytes: Buffer, at: number, width: number, value: number): void {
  let rest = value
  for (let position = at + width - 1; position >= at; position -= 1) {
    bytes[position] = zero + (rest % 10)
    rest = Math.floor(rest / 10)
  }
}

const secondsPerDay = 86_400
let today = -1
let date = ''

/** `2026-01-01T00:00:00Z`, without the cost of a Date for each order. */
function writeTime(bytes: Buffer, at: number, index: number): void {
  const day = Math.floor(index / secondsPerDay)
  const second = index % secondsPerDay
  if (day !== today) date = new Date(firstAt + day * secondsPerDay * 1_000).toISOString().slice(0, 10)
  today = day
  bytes.write(date, at, 'latin1')
  writeDigits(bytes, at + 11, 2, Math.floor(second / 3_600))
  writeDigits(bytes, at + 14, 2, Math.floor(second / 60) % 60)
  writeDigits(bytes, at + 17, 2, second % 60)
}
