import * as z from 'zod'
import { withoutControls } from '../http/foreign-text'
import { ConditionKind, recoveries } from './condition'
import type { Change } from './changes'

/** One message. It is stored before it is sent, and a repeated one has the same id. */
export const Alert = z.object({
  /** Idempotency id: a receiver that knows it has seen this message before. */
  id: z.string(),
  /** ISO 8601, on the store's clock. */
  at: z.string(),
  change: z.enum(['appeared', 'recovered', 'test']),
  /** Absent where the message is about the watchdog itself. */
  condition: ConditionKind.optional(),
  /** The job, with its tenant; of a tenant, its organisation. */
  name: z.string(),
  title: z.string(),
  text: z.string(),
  remedy: z.string(),
})
export type Alert = z.infer<typeof Alert>

/** A block of Slack takes 3,000 characters, and an escaped one takes five. */
const longest = { title: 150, text: 580 }

/** The message about a change. @param redact takes secrets out of texts that other systems sent */
export function alertOf(
  change: Change,
  { id, name, storeNow }: { readonly id: string; readonly name: string; readonly storeNow: number },
  redact: (text: string) => string,
): Alert {
  const at = new Date(storeNow).toISOString()
  if (change.kind === 'recovered') {
    const { of, since } = change
    return {
      ...{ id, at, name, change: 'recovered', condition: of },
      title: `${name}: ${recoveries[of]}`,
      text: `It had been so since ${new Date(since).toISOString()}.`,
      remedy: '',
    }
  }
  const { kind, title, text, remedy } = change.condition
  const clean = (value: string, most: number) => cut(withoutControls(redact(value)), most)
  return {
    ...{ id, at, name, change: 'appeared', condition: kind },
    title: clean(`${name}: ${title}`, longest.title),
    text: clean(text, longest.text),
    remedy: clean(remedy, longest.text),
  }
}

/** A message that says nothing but that messages arrive. */
export function testAlert(id: string, storeNow: number): Alert {
  return {
    ...{ id, at: new Date(storeNow).toISOString(), change: 'test', name: 'watchdog' },
    title: 'watchdog: a test',
    text: 'Alerts of this app arrive here.',
    remedy: '',
  }
}

/** The watchdog's own file could not be read. It tells everything that holds once more. */
export function damagedAlert(id: string, storeNow: number): Alert {
  return {
    ...{ id, at: new Date(storeNow).toISOString(), change: 'appeared', name: 'watchdog' },
    title: 'watchdog: its file was damaged, and begins anew',
    text: 'Messages that waited in alerts/watchdog.json are lost. Everything that holds is told once more. No job is affected.',
    remedy:
      'Look at each job: what came and went meanwhile is not told. If a person or a script writes to alerts/, stop it.',
  }
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}
