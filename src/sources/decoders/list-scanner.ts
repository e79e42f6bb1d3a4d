import { maxRecordChars } from './body-fault'
import { createEnvelopeScanner } from './envelope-scanner'
import { parseExactJson } from '../../http/exact-json'
import type { JobError } from '../../errors'

export type Fault = (what: string, at: number) => JobError

/** Takes the records out of a JSON text that arrives in pieces. */
export interface ListScanner {
  /** The records that ended within this piece. */
  push(piece: string): unknown[]
  /** The text without its records. @throws JobError where the text or its list is not complete */
  end(): unknown
}

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/**
 * Finds the ends of records by strings and brackets only, and leaves grammar to `JSON.parse`: the complete records of a
 * piece are parsed as one list.
 * @param path field path of the list
 */
export function createListScanner(path: string, fault: Fault): ListScanner {
  const envelope = createEnvelopeScanner(path, fault)
  let isInList = false
  let isFirst = true
  let open = ''
  let openAt = 0
  let depth = 0
  let isInString = false
  let isEscaped = false

  /** Returns the index after the list, or -1, and the records before it. */
  function scan(text: string): { readonly records: unknown[]; readonly end: number } {
    const before = open.length
    const whole = open + text
    let lastComma = -1
    let end = -1
    for (let at = before; at < whole.length; at += 1) {
      const code = whole.charCodeAt(at)
      if (isInString) {
        if (isEscaped) isEscaped = false
        else if (code === backslash) isEscaped = true
        else if (code === quote) isInString = false
      } else if (code === quote) isInString = true
      else if (code === openBrace || code === openBracket) depth += 1
      else if (code === closeBrace || (code === closeBracket && depth > 0)) depth -= 1
      else if (code === comma && depth === 0) lastComma = at
      else if (code === closeBracket) {
        end = at
        break
      }
      if (depth < 0) throw fault('is not JSON', openAt + at)
    }
    const complete = end >= 0 ? end : lastComma
    const records = complete < 0 ? [] : recordsOf(whole.slice(0, complete), end >= 0)
    open = complete < 0 ? whole : whole.slice(complete + 1)
    openAt += complete + 1
    if (end < 0 && open.length > maxRecordChars) throw fault('has a record of more than 1 MB', openAt)
    return { records, end: end < 0 ? -1 : end + 1 - before }
  }

  /** @param isLast true where the list ends after `text`: it may then be blank in an empty list */
  function recordsOf(text: string, isLast: boolean): unknown[] {
    const isBlank = text.trim() === ''
    if (isBlank && !(isLast && isFirst)) throw fault('is not JSON', openAt)
    isFirst = false
    if (isBlank) return []
    try {
      return parseExactJson(`[${text}]`) as unknown[]
    } catch {
      throw fault('is not JSON in a record after', openAt)
    }
  }

  return {
    push(piece) {
      const found: unknown[] = []
      let rest = piece
      while (rest !== '') {
        if (!isInList) {
          const enters = envelope.push(rest)
          if (enters < 0) break
          openAt = envelope.position()
          rest = rest.slice(enters)
          isInList = true
        }
        const { records, end } = scan(rest)
        for (const record of records) found.push(record)
        if (end < 0) break
        envelope.skipTo(openAt)
        open = ''
        isInList = false
        rest = rest.slice(end)
      }
      return found
    },
    end() {
      if (isInList) throw fault('breaks off in the list of records, in a record after', openAt)
      return envelope.end()
    },
  }
}
