import { placeOf } from './place'
import type { Assignment } from './place'
import type { RestSource } from './rest-options'

/** The size of the pages of one read: it shrinks where a page is too large, and does not grow again. */
export function openPageSize({ pageSize, paginator }: Pick<RestSource, 'pageSize' | 'paginator'>) {
  let size = pageSize?.size ?? 0
  return {
    values(): readonly Assignment[] {
      return pageSize ? [{ place: placeOf(pageSize.param), value: size }] : []
    },
    /** False where it cannot shrink further. */
    shrink(): boolean {
      const half = Math.floor(size / 2)
      if (!pageSize || !paginator?.resizable || half < (pageSize.least ?? 1)) return false
      size = half
      return true
    },
  }
}
