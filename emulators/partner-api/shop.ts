import { createHash } from 'node:crypto'

/** Cost of one campaign on one day. */
export interface AdCostRecord {
  /** `2026-10-01`, a day in UTC. */
  readonly date: string
  /** The tracking code that the campaign's links carry. */
  readonly campaign: string
  readonly cost: number
  readonly impressions: number
  readonly clicks: number
}

/** Money that a shop gave back for an order. */
export interface RefundRecord {
  readonly id: string
  /** The transaction ID that the order's purchase hit carried. */
  readonly order: string
  readonly orderedAt: string
  readonly refundedAt: string
  readonly amount: number
  readonly units: number
}

const dayMs = 24 * 60 * 60_000
const hourMs = 60 * 60_000
/** How many days before today there is data for. */
const days = 15
const refundsOfDay = 4

const campaigns = [
  ...['sem-brand', 'sem-flights', 'sem-hotels', 'sem-cars', 'social-spring', 'social-retargeting'],
  ...['display-prospecting', 'display-partners', 'email-newsletter', 'email-winback', 'video-launch', 'aff-deals'],
] // prettier-ignore

/** The same for the same text, wherever it runs: 0 ≤ chance < 1. */
function chance(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32LE(0) / 2 ** 32
}

const cents = (amount: number) => Math.round(amount * 100) / 100

/** Ad costs of the last 15 days before today, per day and campaign: half-open range of instants. */
export function adCostsBetween(from: number, to: number, now: number): AdCostRecord[] {
  return daysBetween(from, to, now).flatMap((date) =>
    campaigns.map((campaign, index) => {
      const weekday = new Date(date).getUTCDay()
      const season = weekday === 0 || weekday === 6 ? 0.6 : 1
      const impressions = Math.round((500 + 1_500 * index) * season * (0.5 + chance(`${date} ${campaign}`)))
      const clicks = Math.round(impressions * (0.01 + 0.04 * chance(`clicks ${date} ${campaign}`)))
      const cost = cents(clicks * (0.2 + 1.3 * chance(`price ${campaign}`)))
      return { date, campaign, cost, impressions, clicks }
    }),
  )
}

/** Refunds of the last 15 days before today, a few a day, each of an order some days before. */
export function refundsBetween(from: number, to: number, now: number): RefundRecord[] {
  return daysBetween(from, to, now).flatMap((date) =>
    Array.from({ length: refundsOfDay }, (_, index) => {
      const key = `${date} ${index}`
      const refundedAt = Date.parse(date) + (8 + index * 3) * hourMs
      const orderedAt = refundedAt - Math.round((2 + 25 * chance(`order ${key}`)) * dayMs)
      const units = 1 + Math.floor(3 * chance(`units ${key}`))
      return {
        id: `R-${date}-${index + 1}`,
        order: `T-${Math.floor(1e9 * chance(`id ${key}`))}`,
        orderedAt: new Date(orderedAt).toISOString(),
        refundedAt: new Date(refundedAt).toISOString(),
        amount: cents(units * (5 + 95 * chance(`amount ${key}`))),
        units,
      }
    }),
  )
}

/** The days that begin in the range, as far as there is data. */
function daysBetween(from: number, to: number, now: number): string[] {
  const today = Math.floor(now / dayMs) * dayMs
  const first = Math.max(Math.ceil(from / dayMs) * dayMs, today - days * dayMs)
  const end = Math.min(to, today)
  const count = Math.max(0, Math.ceil((end - first) / dayMs))
  return Array.from({ length: count }, (_, day) => new Date(first + day * dayMs).toISOString().slice(0, 10))
}
