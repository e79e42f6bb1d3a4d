import { ordersJob } from '../orders-job'

export const jobCount = 8
export const groups = 2
export const rowsOfJob = 4_000

/** Jobs of one deployment that read the same orders under ids of their own. */
export const sideBySideJobs = Array.from({ length: jobCount }, (_, index) => {
  const name = `orders-${index + 1}`
  return ordersJob({ name, rows: rowsOfJob, groups, idPrefix: `${name}-` })
})
