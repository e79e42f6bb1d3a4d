import type { CachedTokenProvider } from './token-provider'

/** Makes each token known as a secret before anybody uses it, also one that comes out of a cache. */
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
