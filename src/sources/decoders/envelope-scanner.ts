import { parseExactJson } from '../../http/exact-json'
import type { Fault } from './list-scanner'

const maxEnvelopeChars = 1024 * 1024

/** Follows a JSON text down to its list of records, and keeps what is around that list. */
export interface EnvelopeScanner {
  /** Returns the index after the bracket that opens the list of records, or -1 where the piece does not reach it. */
  push(piece: string): number
  /** Position in the whole text, in characters. */
  position(): number
  /** Continues after the list. */
  skipTo(position: number): void
  /** The text as it is parsed, with an empty list in place of the records. */
  end(): unknown
}

/** One level: the name of the field, or the number of the element, that is being read. */
interface Level {
  readonly isObject: boolean
  name: string
  index: number
  /** Objects: true where the next string is a name. */
  isAtName: boolean
}

/** @param path field path of the list; '' where the text is the list */
export function createEnvelopeScanner(path: string, fault: Fault): EnvelopeScanner {
  const fields = path === '' ? [] : path.split('.')
  const levels: Level[] = []
  let kept = ''
  let position = 0
  let isFound = false
  /** The string in work, with its quotes; null between strings. */
  let string: string | null = null
  let isEscaped = false

  function isAtList(): boolean {
    if (levels.length !== fields.length) return false
    return levels.every(
      (level, depth) => (level.isObject ? level.name : String(level.index)) === fields[depth],
    )
  }

  /** Returns true where the character opens the list of records. */
  function take(sign: string): boolean {
    const level = levels.at(-1)
    switch (sign) {
      case '"':
        string = '"'
        return false
      case '[':
        if (isAtList()) return true
        levels.push({ isObject: false, name: '', index: 0, isAtName: false })
        return false
      case '{':
        levels.push({ isObject: true, name: '', index: 0, isAtName: true })
        return false
      case ']':
      case '}':
        levels.pop()
        return false
      case ',':
        if (level) {
          level.index += 1
          level.isAtName = level.isObject
        }
        return false
      default:
        return false
    }
  }

  function takeInString(begun: string, sign: string): void {
    string = begun + sign
    if (isEscaped) isEscaped = false
    else if (sign === '\\') isEscaped = true
    else if (sign === '"') {
      const level = levels.at(-1)
      if (level?.isAtName) {
        level.isAtName = false
        level.name = nameOf(string)
      }
      string = null
    }
  }

  function nameOf(quoted: string): string {
    try {
      return JSON.parse(quoted) as string
    } catch {
      throw fault('is not JSON', position)
    }
  }

  function keep(text: string): void {
    kept += text
    if (kept.length > maxEnvelopeChars) {
      throw fault(
        path === ''
          ? 'has more than 1 MB around its list of records'
          : `has more than 1 MB around its list "${path}"`,
        position,
      )
    }
  }

  return {
    push(piece) {
      for (let at = 0; at < piece.length; at += 1) {
        const sign = piece.charAt(at)
        position += 1
        if (string !== null) takeInString(string, sign)
        else if (take(sign)) {
          if (isFound) throw fault(`has the list of records "${path}" twice`, position)
          isFound = true
          keep(`${piece.slice(0, at)}[]`)
          return at + 1
        }
      }
      keep(piece)
      return -1
    },
    position: () => position,
    skipTo: (next) => (position = next),
    end() {
      let value: unknown
      try {
        value = parseExactJson(kept)
      } catch {
        const what = kept.trim() === '' ? 'is empty' : 'is not JSON, or breaks off,'
        throw fault(what, position)
      }
      if (!isFound) throw fault(`has no list of records at "${path}"; it ends`, position)
      return value
    },
  }
}
