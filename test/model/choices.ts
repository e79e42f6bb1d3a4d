/** Every decision the world takes: 0 is always the benign one. */
export interface Choices {
  /** A number in 0 … `options` - 1. */
  next(options: number): number
}

export const benign: Choices = { next: () => 0 }

/** Replays a list, so that a failing schedule can be shrunk and printed; benign once it has run out. */
export function scripted(list: readonly number[]): Choices {
  let index = 0
  return { next: (options) => (list[index++] ?? 0) % options }
}
