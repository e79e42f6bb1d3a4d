/** Shorter values are too common to be secrets worth hiding. */
const shortest = 6
const mask = '[redacted]'

/** Knows secret values and keeps them out of whatever is printed. */
export interface Redactor {
  /** Learns a value, also as it looks in base64 and in URLs. */
  add(secret: string): void
  text(text: string): string
  /** A copy with every string redacted, at any depth. */
  value<T>(value: T): T
}

export function createRedactor(): Redactor {
  const known = new Set<string>()

  function text(input: string): string {
    let output = input
    for (const secret of known) if (output.includes(secret)) output = output.replaceAll(secret, mask)
    return output
  }

  function value(input: unknown): unknown {
    if (typeof input === 'string') return text(input)
    if (Array.isArray(input)) return input.map(value)
    if (typeof input !== 'object' || input === null) return input
    if (input instanceof Error) return text(input.message)
    return Object.fromEntries(Object.entries(input).map(([name, entry]) => [text(name), value(entry)]))
  }

  return {
    add(secret) {
      if (secret.length < shortest) return
      const forms = [
        secret,
        Buffer.from(secret).toString('base64'),
        Buffer.from(secret).toString('base64url'),
        encodeURIComponent(secret),
        JSON.stringify(secret).slice(1, -1),
      ]
      for (const form of forms) known.add(form)
    },
    text,
    value: value as Redactor['value'],
  }
}
