const named: Readonly<Record<string, string>> = {
  'Cart Adds': 'metrics/cartadditions',
  'Cart Opens': 'metrics/carts',
  Orders: 'metrics/orders',
  Price: 'metrics/revenue',
}

/** The id of a metric column in the reporting API; undefined for other columns, and for metrics whose id is not documented. */
export function metricIdOf(column: string): string | undefined {
  const event = /^Event (\d+)$/.exec(column)?.[1]
  return event === undefined ? named[column] : `metrics/event${event}`
}
