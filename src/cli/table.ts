type Row = readonly (string | number)[]

/** A table with minimal columns, numbers aligned to the right. */
export function table(rows: readonly Row[]): readonly string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [index, cell] of row.entries())
      widths[index] = Math.max(widths[index] ?? 0, String(cell).length)
  }
  return rows.map((row) =>
    row
      .map((cell, index) =>
        typeof cell === 'number' || /^[\d,]+$/.test(cell)
          ? String(cell).padStart(widths[index] ?? 0)
          : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}
