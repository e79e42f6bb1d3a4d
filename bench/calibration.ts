import { gzipSync } from 'node:zlib'
import { orderOf, pageSize } from './orders'

const rounds = 40

/**
 * The speed of this machine in this hour: ns of CPU for one order of a fixed page that is parsed and compressed, which is
 * the work of the limit. The best of many rounds, because whatever disturbs a round makes it slower.
 */
export function calibrationNs(): number {
  const page = JSON.stringify(Array.from({ length: pageSize }, (_, index) => orderOf(index)))
  let best = Infinity
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage()
    gzipSync(JSON.stringify(JSON.parse(page)), { level: 6 })
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, ((user + system) * 1000) / pageSize)
  }
  return Math.round(best)
}
