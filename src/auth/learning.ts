import type { CachedTokenProvider } from './token-provider'

/** Reports each token to the redactor before it is used, including tokens from a cache. */
export function learning(
  provider: CachedTokenProvider,
  learn: ((secret: string) => void) | undefined,
): CachedTokenProvider {
  async function learnt() {
    const token = await provider()
    learn?.(token.value)
    return token
  }
  return Object.assign(learnt, { drop: provider.drop.bind(provider) })
}
