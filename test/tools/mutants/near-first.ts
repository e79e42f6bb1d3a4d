const levels = ['unit', 'contract', 'engine', 'security', 'model', 'integration', 'e2e']

/** The tests in the order in which they are likely to find a fault of `file`: its own unit test, its neighbours, all. */
export function nearFirst(
  tests: readonly string[],
  file: string,
  durations: ReadonlyMap<string, number>,
): string[] {
  const rankOf = (test: string) => {
    const [, level = '', ...rest] = test.replace(/\.test\.ts$/, '.ts').split('/')
    const [, ...source] = file.split('/')
    const isOwn = level === 'unit' && rest.join() === source.join()
    const differsAt = source.findIndex((part, index) => part !== rest[index])
    const shared = level === 'unit' ? differsAt : 0
    return [isOwn ? 0 : 1, levels.indexOf(level), -shared, durations.get(test) ?? 0]
  }
  return tests
    .map((test) => ({ test, rank: rankOf(test) }))
    .sort((a, b) => compare(a.rank, b.rank))
    .map(({ test }) => test)
}

function compare(a: readonly number[], b: readonly number[]): number {
  const difference = a.map((value, index) => value - (b[index] ?? 0)).find((value) => value !== 0)
  return difference ?? 0
}
