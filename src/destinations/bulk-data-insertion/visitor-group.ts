const offsetBasis = 0x811c9dc5
const prime = 0x01000193

/**
 * The group of a visitor: always the same for the same id, so that groups are disjoint and each keeps its order.
 * FNV-1a over UTF-16 units: stable across versions and platforms. Changing it regroups every job.
 */
export function groupOf(visitor: string, groups: number): number {
  let hash = offsetBasis
  for (let index = 0; index < visitor.length; index += 1) {
    hash = Math.imul(hash ^ visitor.charCodeAt(index), prime)
  }
  // The low bits of FNV-1a mix poorly for short ids: fold the high ones in.
  return ((hash ^ (hash >>> 16)) >>> 0) % groups
}

/** A name that another uploader is unlikely to use, as Adobe asks. */
export function groupName(reportSuite: string, job: string, group: number, groups: number): string {
  return `${reportSuite}_${job}_${group + 1}of${groups}`
}
