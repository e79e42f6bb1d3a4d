import { openGrantStore } from '../auth/oauth2/grant-store'
import { inputsFrom } from '../inputs'
import { clock, http, random } from './container'
import { readSealer } from './params/encryption-key'
import { readServiceUrls } from './params/parse-inputs'
import { readRuntime } from './params/runtime'
import { filesStore } from './storage/stores'
import type { SourceContext } from '../sources/source'
import type { ActionContext } from './define-action'

/** What a source works with. Grants are kept only where there is a key to seal them. */
export function sourceContext({ params, log }: ActionContext): SourceContext {
  const sealer = readSealer(params)
  const store = filesStore(readServiceUrls(params), readRuntime(process.env))
  const grants = sealer ? openGrantStore(store, sealer) : undefined
  return { inputs: inputsFrom(params), http, clock, random, log, grants }
}
