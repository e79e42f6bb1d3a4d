import type { DestinationIdentity } from '../destinations/destination'
import type { StateDocument } from './state-document'

/** The list with `identity` added where it is missing, and its index: entries refer to it by index. */
export function withIdentity(
  identities: StateDocument['identities'],
  { kind, address, account, target }: DestinationIdentity,
): { readonly identities: StateDocument['identities']; readonly index: number } {
  const index = identities.findIndex(
    (known) =>
      known.kind === kind &&
      known.address === address &&
      known.account === account &&
      known.target === target,
  )
  if (index >= 0) return { identities, index }
  return { identities: [...identities, { kind, address, account, target }], index: identities.length }
}
