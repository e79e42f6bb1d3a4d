import { evaluate } from './evaluate'
import { templateFault } from './fault'
import { parseExpression } from './parse'
import { segmentsOf } from './tokens'
import { toBoolean, toText } from './value'
import type { Scope } from './evaluate'
import type { Segment } from './tokens'
import type { Value } from './value'

const maxOutput = 100_000

/** An `if` that is open: whether its text counts now, and whether a branch of it has counted already. */
interface Branch {
  readonly live: boolean
  readonly taken: boolean
}

/**
 * Renders the part of Pebble that access token requests need: `{{ }}`, comments, `if`, `set`. Templates come from a
 * configuration, so nothing but the given data can be reached: own properties only, no calls into the language.
 * @see https://pebbletemplates.io and Destination SDK, templating conventions
 * @throws JobError `input-invalid`
 */
export function renderTemplate(template: string, data: Readonly<Record<string, Value>>): string {
  const scope = new Map(Object.entries(data))
  const branches: Branch[] = []
  let output = ''
  for (const segment of segmentsOf(template)) {
    if (segment.kind === 'tag') runTag(segment.text.trim(), branches, scope)
    else if (branches.every(({ live }) => live)) output += printed(segment, scope)
    if (output.length > maxOutput) throw templateFault(`makes more than ${maxOutput} characters`)
  }
  if (branches.length > 0) throw templateFault('has an "if" without an "endif"')
  return output
}

function printed({ kind, text }: Segment, scope: Scope): string {
  return kind === 'text' ? text : toText(evaluate(parseExpression(text), scope))
}

function runTag(tag: string, branches: Branch[], scope: Map<string, Value>): void {
  const [, name = '', rest = ''] = /^(\w+)\s*([^]*)$/.exec(tag) ?? []
  const holds = () => toBoolean(evaluate(parseExpression(rest), scope))
  if (name === 'if') {
    const live = branches.every((outer) => outer.live) && holds()
    branches.push({ live, taken: live })
    return
  }
  if (name === 'set') {
    const [, variable = '', expression = ''] = /^(\w+)\s*=([^]*)$/.exec(rest) ?? []
    if (branches.every(({ live }) => live)) scope.set(variable, evaluate(parseExpression(expression), scope))
    return
  }
  const branch = branches.pop()
  if (!branch || !['elseif', 'else', 'endif'].includes(name)) {
    throw templateFault(`has a tag "${name}" that is not supported here`)
  }
  if (name === 'endif') return
  const reached = branches.every(({ live }) => live) && !branch.taken
  const live = reached && (name === 'else' || holds())
  branches.push({ live, taken: branch.taken || live })
}
