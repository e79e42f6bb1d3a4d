import { JobError } from '../../errors'
import { addPeriod, removePeriods } from './alert-periods'
import { append, cut, manifestFile, packageOf } from './manifest-text'
import type { Entry } from './manifest-text'

/** The share of a job in the manifest. */
export interface ManifestJob {
  readonly job: string
  readonly alarm: string
  readonly cron: string
  /** How often the alarm fires, for the watchdog. */
  readonly minutes: number
  /** Names of the inputs that `run-job` gets. */
  readonly inputs: readonly string[]
  /** Names of those that `verify-arrival` gets as well: inputs of the destination. */
  readonly destinationInputs: readonly string[]
}

/**
 * Writes inputs, trigger, rule and the period of the alarm into the text of the manifest. Lines are inserted and none is changed, so
 * that comments and notation stay.
 * @throws JobError `params-invalid` where the manifest has an entry of that name, or lacks what it is written into
 */
export function addToManifest(
  text: string,
  { job, alarm, cron, minutes, inputs, destinationInputs }: ManifestJob,
): string {
  const found = packageOf(text)
  const at = (...path: string[]) => ['runtimeManifest', 'packages', found.name, ...path]
  const rule = `run-${alarm}`
  for (const path of [at('triggers', alarm), at('rules', rule)]) {
    if (found.document.hasIn(path)) {
      throw new JobError(
        'params-invalid',
        `${manifestFile} has ${path.slice(-2).join(' ')} already.`,
        'Choose another --name, or remove what is left of the old job.',
      )
    }
  }
  const bindings = (action: string, names: readonly string[]): readonly Entry[] => {
    const missing = names.filter((name) => !found.document.hasIn([...at('actions', action, 'inputs'), name]))
    const lines = [`# Job: ${job}`, ...missing.map((name) => `${name}: $${name}`)]
    return missing.length === 0 ? [] : [{ map: at('actions', action, 'inputs'), lines }]
  }
  const entries: readonly Entry[] = [
    ...bindings('run-job', inputs),
    ...bindings('verify-arrival', destinationInputs),
    {
      map: at('triggers'),
      lines: [
        `${alarm}:`,
        '  feed: /whisk.system/alarms/alarm',
        '  inputs:',
        `    cron: '${cron}'`,
        '    trigger_payload:',
        `      job: ${job}`,
      ],
    },
    { map: at('rules'), lines: [`${rule}:`, `  trigger: ${alarm}`, '  action: run-job'] },
  ]
  return addPeriod(entries.reduce(append, text), job, minutes)
}

/** What a job leaves in a deployed namespace when it is gone from the manifest. */
export interface Deployed {
  readonly triggers: readonly string[]
  readonly rules: readonly string[]
}

/**
 * Takes the triggers of a job, their rules and the given inputs out of the text of the manifest.
 * @param inputs those that no other job names
 */
export function removeFromManifest(
  text: string,
  job: string,
  inputs: readonly string[],
): Deployed & { readonly text: string } {
  const { document, name } = packageOf(text)
  const at = (...path: string[]) => ['runtimeManifest', 'packages', name, ...path]
  const value = (document.toJS() as Manifest).runtimeManifest.packages[name] ?? {}
  const triggers = Object.entries(value.triggers ?? {})
    .filter(([, trigger]) => jobOf(trigger?.inputs?.trigger_payload) === job)
    .map(([trigger]) => trigger)
  const rules = Object.entries(value.rules ?? {})
    .filter(([, rule]) => triggers.includes(rule?.trigger ?? ''))
    .map(([rule]) => rule)
  const bound = Object.keys(value.actions ?? {}).flatMap((action) =>
    inputs.map((input) => at('actions', action, 'inputs', input)).filter((path) => document.hasIn(path)),
  )
  const gone = [
    ...bound,
    ...triggers.map((trigger) => at('triggers', trigger)),
    ...rules.map((rule) => at('rules', rule)),
  ]
  const without = gone.reduce((rest, path) => cut(rest, path), text)
  return { text: withoutEmptyHeading(removePeriods(without, job), job), triggers, rules }
}

interface Manifest {
  readonly runtimeManifest: {
    readonly packages: Readonly<Record<string, PackageValue | undefined>>
  }
}
interface PackageValue {
  readonly actions?: Readonly<Record<string, unknown>>
  readonly triggers?: Readonly<Record<string, { inputs?: { trigger_payload?: unknown } } | null>>
  readonly rules?: Readonly<Record<string, { trigger?: string } | null>>
}

/** A payload is an object, or its JSON. */
function jobOf(payload: unknown): unknown {
  if (typeof payload !== 'string') return (payload as { job?: unknown } | null | undefined)?.job
  try {
    return (JSON.parse(payload) as { job?: unknown } | null)?.job
  } catch {
    return null
  }
}

/** The comment above the inputs of a job, or of several, is theirs: without any of them below, it goes as well. */
function withoutEmptyHeading(text: string, job: string): string {
  const lines = text.split('\n')
  const isHeading = (line: string) => /^ *# Jobs?: (.*)$/.exec(line)?.[1]?.split(', ').includes(job) === true
  const indentation = (line: string) => line.length - line.trimStart().length
  return lines
    .filter((line, index) => {
      if (!isHeading(line)) return true
      const next = lines[index + 1] ?? ''
      return next.trim() !== '' && !next.trim().startsWith('#') && indentation(next) === indentation(line)
    })
    .join('\n')
}
