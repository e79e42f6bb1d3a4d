import { likelyCauses } from './arrival-causes'
import { windowsOf } from './report-windows'
import type { ArrivalProof, ConfirmedBatch, Evidence, ProofTools, Refusal, Unknown } from '../destination'
import type { ReportWindow } from './report-windows'

export interface ArrivalOptions {
  /** One suite or several, separated by commas: a row counts once it is in all of them. */
  readonly reportSuite: string
  readonly arrivalMarker: string | undefined
  readonly withinMs: number
}

/** The variable that marks the hits of a batch, and the number of hits by its values. */
interface Marker {
  readonly dimension: string
  /**
   * Instances: the hits that set the variable. Occurrences also count the hits to which a value persists, so that hits
   * of another origin would replace dropped rows in the count.
   * @see https://experienceleague.adobe.com/en/docs/analytics/components/metrics/instances
   */
  readonly metric: string
}

const allHits = 'metrics/occurrences'
/** Pages of 50,000 values: a variable with more than a million values is not used as a marker alone. */
const mostPages = 20

/** The report of a window: hits by marker, in lower case, because Analytics ignores case. */
interface Counted {
  readonly kind: 'counted'
  readonly byMarker: ReadonlyMap<string, number>
  readonly total: number
  readonly hasLowTraffic: boolean
}

/**
 * Checks whether hits are visible in reports. With a marker variable, the hits of every batch are counted by its
 * marker: proof. Without one, the suite's total is compared with what was sent: fewer hits contradict the arrival, more
 * prove nothing.
 */
export function arrivalProof({ reportSuite, arrivalMarker, withinMs }: ArrivalOptions): ArrivalProof {
  const suites = reportSuite.split(',')
  const marker = arrivalMarker === undefined ? undefined : markerOf(arrivalMarker.toLowerCase())

  return {
    withinMs,
    async prove(batches, tools) {
      const marked = batches.filter(({ markers }) => marker !== undefined && markers.length > 0)
      const unmarked = batches.filter((batch) => !marked.includes(batch))
      const questions = [
        ...windowsOf(marked).map((window) => ({ window, by: marker })),
        ...windowsOf(unmarked).map((window) => ({ window, by: undefined })),
      ]
      const evidence: Evidence[] = []
      for (const { window, by } of questions) {
        const counted = await countInAll(suites, window, by, tools)
        if (!Array.isArray(counted)) return { evidence, trouble: counted }
        const judge = by === undefined ? indicate : prove
        evidence.push(...judge(window.batches, counted))
      }
      return { evidence, trouble: null }
    },
  }
}

function markerOf(variable: string): Marker {
  return { dimension: `variables/${variable}`, metric: `metrics/${variable}instances` }
}

/** The report of each suite, or the answer that ended the reading. */
async function countInAll(
  suites: readonly string[],
  window: ReportWindow,
  marker: Marker | undefined,
  tools: ProofTools,
): Promise<Counted[] | Refusal | Unknown> {
  const counts: Counted[] = []
  for (const suite of suites) {
    const counted = await count(suite, window, marker, tools)
    if (counted.kind !== 'counted') return counted
    counts.push(counted)
  }
  return counts
}

async function count(
  target: string,
  { from, to }: ReportWindow,
  marker: Marker | undefined,
  tools: ProofTools,
): Promise<Counted | Refusal | Unknown> {
  const byMarker = new Map<string, number>()
  let hasLowTraffic = false
  for (let page = 0; page < mostPages; page += 1) {
    const by = marker ?? { metric: allHits }
    const answer = await tools.report({ target, from, to, ...by, page })
    if (answer.kind !== 'report') return answer
    for (const { value, count: hits } of answer.items) {
      if (/low traffic/i.test(value)) hasLowTraffic = true
      const marker = value.toLowerCase()
      byMarker.set(marker, (byMarker.get(marker) ?? 0) + hits)
    }
    if (answer.isLastPage) return { kind: 'counted', byMarker, total: answer.total, hasLowTraffic }
  }
  const message = `The report of ${marker?.dimension ?? allHits} has more than ${mostPages} pages: the marker variable holds other values too.`
  return { kind: 'unknown', message }
}

/** @param counts of each suite: a row counts where all of them show it */
function prove(batches: readonly ConfirmedBatch[], counts: readonly Counted[]): Evidence[] {
  return batches.map(({ id, rows: sent, markers }) => {
    const [first, ...others] = counts.map(({ byMarker }) =>
      markers.reduce((sum, marker) => sum + (byMarker.get(marker) ?? 0), 0),
    )
    const rows = Math.min(first ?? 0, ...others)
    const hasLowTraffic = counts.some((counted) => counted.hasLowTraffic)
    const causes = likelyCauses({ rows, sent, total: leastTotal(counts), hasLowTraffic, hasMarker: true })
    return { id, kind: 'proof', rows, causes }
  })
}

/** All batches of a window share its total, so that all of them are indicated or none of them. */
function indicate(batches: readonly ConfirmedBatch[], counts: readonly Counted[]): Evidence[] {
  const sentByAll = batches.reduce((sum, { rows }) => sum + rows, 0)
  const total = leastTotal(counts)
  return batches.map(({ id, rows: sent }) => {
    const rows = total >= sentByAll ? sent : 0
    const causes = likelyCauses({ rows, sent, total, hasLowTraffic: false, hasMarker: false })
    return { id, kind: 'indication', rows, causes }
  })
}

function leastTotal(counts: readonly Counted[]): number {
  return Math.min(...counts.map(({ total }) => total))
}
