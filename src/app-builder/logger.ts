import { withoutControls } from '../http/foreign-text'
import type { Redactor } from '../http/redact'
import type { Log, LogFields } from '../log'

const levels = ['error', 'warn', 'info', 'debug'] as const
type Level = (typeof levels)[number]

/** Longest text of a log line: texts of servers and stacks have any length, but the log of an activation is limited. */
const longestText = 4_000

/** Structured lines on the console, which is where an action's log is collected. Everything passes the redactor. */
export function createLogger(level: string, redactor: Redactor): Log {
  const shown = new Set(levels.slice(0, levels.indexOf(isLevel(level) ? level : 'info') + 1))

  function write(at: Level): (message: string, fields?: LogFields) => void {
    return (message, fields = {}) => {
      if (!shown.has(at)) return
      const line = withoutControls(
        JSON.stringify(redactor.value({ level: at, message, ...fields }), shortened),
      )
      if (at === 'error' || at === 'warn') console.error(line)
      else console.log(line)
    }
  }

  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}

/** Cuts a text after it was redacted, because half of a secret is not recognised. */
function shortened(_name: string, value: unknown): unknown {
  return typeof value === 'string' && value.length > longestText ? `${value.slice(0, longestText)}…` : value
}

function isLevel(text: string): text is Level {
  return (levels as readonly string[]).includes(text)
}
