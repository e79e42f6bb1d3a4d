import { JobError } from '../errors'
import type { CheckFinding, Destination } from '../destinations/destination'

/** Rows that a check is given at most. */
export const checkedRows = 1_000

/** What a check of the target has found. */
export interface TargetCheck {
  readonly findings: readonly CheckFinding[]
  /** Why the target could not be asked; null where it could, or has nothing to ask. */
  readonly trouble: string | null
}

/**
 * Asks the destination what of the definition its live target would drop, cut or misread. A target that cannot be asked
 * proves nothing and stops nothing.
 */
export async function checkTarget(
  destination: Pick<Destination, 'check'>,
  rows: readonly unknown[],
  redact: (text: string) => string,
  signal: AbortSignal,
): Promise<TargetCheck> {
  if (!destination.check) return { findings: [], trouble: null }
  try {
    const answer = await destination.check(rows, signal)
    if (answer.kind === 'checked') return { findings: answer.findings, trouble: null }
    const said = 'message' in answer ? answer.message : 'too many requests'
    return { findings: [], trouble: redact(`${answer.kind}: ${said}`) }
  } catch (error) {
    if (!(error instanceof JobError)) throw error
    return { findings: [], trouble: redact(`${error.message} ${error.remedy}`) }
  }
}

/** As a report says it: one sentence for each fault. */
export function checkNotes({ findings, trouble }: TargetCheck): readonly string[] {
  const faults = findings.filter(({ level }) => level === 'fault')
  return [
    ...faults.map(({ subject, message }) => `The target does not fit the definition: ${subject} ${message}.`),
    ...(trouble === null ? [] : [`The target could not be asked whether the definition fits: ${trouble}`]),
  ]
}

/** What two questions to the same target have found. */
export function merged(first: TargetCheck, second: TargetCheck): TargetCheck {
  return { findings: [...first.findings, ...second.findings], trouble: first.trouble ?? second.trouble }
}
