/** One request of the CLI, with what it needs of the answer. */
export interface Exchange {
  readonly method: string
  /** With the query; `{id}` for the id of an activation. */
  readonly path: string
  /** The scheme: `Bearer` where the deploy service is called, `Basic` elsewhere. */
  readonly authorization: string
  /** `{code}` for the zip of an action. */
  readonly body?: object
  readonly status: number
  /** The sorted names of the answer's members; in a list, those of its first entry; `empty` for an empty list. */
  readonly shape: string
}

/** The requests of one command. */
export interface Recording {
  readonly command: string
  readonly exchanges: readonly Exchange[]
}

/** Replaces what differs each time: ids of activations, the zip, hashes. */
export function forgetful(text: string): string {
  return text
    .replace(/\b[0-9a-f]{32}\b/g, '{id}')
    .replace(/"code":"[^"]*"/g, '"code":"{code}"')
    .replace(/since=\d{5,}/g, 'since=0')
}

/** The form of an answer, without its values. */
export function shapeOf(answer: string): string {
  if (answer === '') return ''
  const value = JSON.parse(answer) as object
  if (Array.isArray(value) && value.length === 0) return 'empty'
  const entry: unknown = Array.isArray(value) ? value[0] : value
  return typeof entry === 'object' && entry !== null ? Object.keys(entry).sort().join(', ') : typeof entry
}
