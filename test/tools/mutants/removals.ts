import { readFileSync } from 'node:fs'
import { accessRemovals } from './removals/access'
import { alertRemovals } from './removals/alerts'
import { arrivalRemovals } from './removals/arrival'
import { commandRemovals } from './removals/commands'
import { consentRemovals } from './removals/consents'
import { definitionRemovals } from './removals/definition'
import { deliveryRemovals } from './removals/delivery'
import { extractionRemovals } from './removals/extraction'
import { joinRemovals } from './removals/joins'
import { privacyRemovals } from './removals/privacy'
import { sourceRemovals } from './removals/sources'
import { stateRemovals } from './removals/state'
import { tenantRemovals } from './removals/tenants'
import type { Mutant } from './mutant'
import type { Removal } from './removals/removal'

const removals: readonly Removal[] = [
  ...accessRemovals,
  ...stateRemovals,
  ...extractionRemovals,
  ...deliveryRemovals,
  ...commandRemovals,
  ...definitionRemovals,
  ...joinRemovals,
  ...sourceRemovals,
  ...privacyRemovals,
  ...alertRemovals,
  ...arrivalRemovals,
  ...tenantRemovals,
  ...consentRemovals,
]

type RemovedSafeguard = Mutant & Required<Pick<Mutant, 'safeguard'>>

/** @throws RangeError naming each safeguard whose code is no longer found */
export function removedSafeguards(): readonly RemovedSafeguard[] {
  const found = removals.map((removal) => ({ removal, mutant: mutantOf(removal) }))
  const missing = found.flatMap(({ removal, mutant }) =>
    mutant ? [] : [`${removal.file} does not contain once the code of "${removal.safeguard}".`],
  )
  if (missing.length > 0) throw new RangeError(missing.join('\n'))
  return found.flatMap(({ mutant }) => mutant ?? [])
}

function mutantOf({ safeguard, file, find, replace }: Removal): RemovedSafeguard | null {
  const parts = readFileSync(file, 'utf8').split(find)
  const [before = ''] = parts
  if (parts.length !== 2) return null
  const line = before.split('\n').length
  const [from, to] = [before.length, before.length + find.length]
  return { safeguard, file, line, from, to, before: find, after: replace }
}
