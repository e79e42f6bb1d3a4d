import { openGrantStore } from '../auth/oauth2'
import { download } from './container'
import type { SourceContext } from '../sources/source'
import type { Inputs } from '../inputs'
import type { Platform } from './platform'

/** The dependencies of a source. Grants are stored only with a key that encrypts them. */
export function sourceContext(
  { ims: { http, clock, random }, redactor, files, sealer }: Platform,
  inputs: Inputs,
): SourceContext {
  const grants = sealer ? openGrantStore(files, sealer, clock) : undefined
  return { inputs, http, download, clock, random, learn: redactor.add, grants }
}
