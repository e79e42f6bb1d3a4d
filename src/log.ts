export type LogFields = Readonly<Record<string, unknown>>

/** Structured logging: a static sentence and the facts beside it. Implementations redact. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

const ignore = () => undefined

export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore }
