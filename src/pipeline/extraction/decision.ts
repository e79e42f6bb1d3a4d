/** The decision about a record. The numbers are stored. `vanished`: the source had it no more, so it is unknown again. */
export const decisions = { sent: 1, rejected: 2, late: 3, filtered: 4, dropped: 5, vanished: 6 } as const

export type Decision = keyof typeof decisions

const names = Object.fromEntries(Object.entries(decisions).map(([name, code]) => [code, name])) as Record<
  number,
  Decision | undefined
>

/** A code that this version does not know counts as sent: the safe side, because nothing is sent twice. */
export function decisionOf(code: number): Decision {
  return names[code] ?? 'sent'
}
