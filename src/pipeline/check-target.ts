import { JobError } from '../errors'
import type { CheckFinding, Destination } from '../destinations/destination'

/** The most rows that a check receives. */
export const checkedRows = 1_000

/** The result of a check of the target. */
export interface TargetCheck {
  readonly findings: readonly CheckFinding[]
  /** The reason why the target could not be checked; null where it was, or has no check. */
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

/** The faults for a report, one sentence each. */
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
