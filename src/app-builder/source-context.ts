import { inputsFrom } from '../inputs'
import { clock, http, random } from './container'
import type { SourceContext } from '../sources/source'
import type { ActionContext } from './define-action'

/** What a source works with. */
export function sourceContext({ params, log }: ActionContext): SourceContext {
  return { inputs: inputsFrom(params), http, clock, random, log }
}
