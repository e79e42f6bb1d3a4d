import { randomUUID } from 'node:crypto'
import { JobError } from '../../errors'
import type { Clock } from '../../clock'
import type { Grant } from './grant'
import type { GrantFile } from './grant-store'

/** Longer than a renewal with all its retries: a lock of that age belongs to a container that has ended. */
const lockMs = 45_000
/** Budget for waiting for the lock. */
const waitBudgetMs = 60_000
const pauseMs = 500

export interface Renewed {
  readonly grant: Grant
  /** The grant whose refresh token was used; null for a first grant. */
  readonly from: Grant | null
}

/**
 * Single-flight refresh across containers: servers with refresh-token rotation revoke the grant when a token is used
 * twice. One container takes the lock in the grant's file and renews; the others wait for its result.
 * @see RFC 9700 §4.14.2
 * @throws JobError `store-unreachable`, or an error of `renew`
 */
export async function renewSingleFlight(
  file: GrantFile,
  clock: Clock,
  { isGood, renew }: { isGood: (grant: Grant) => boolean; renew: (grant: Grant | null) => Promise<Renewed> },
): Promise<Grant> {
  const found = await acquireLock(file, clock, isGood)
  if (found.grant && isGood(found.grant)) return found.grant
  let renewed: Renewed
  try {
    renewed = await renew(found.grant)
  } catch (error) {
    await releaseLock(file, found)
    throw error
  }
  // A stored refresh token other than the one just used: a user consented meanwhile, or our own write has landed.
  const used = renewed.from?.refreshToken ?? null
  return storeGrant(file, renewed.grant, (other) => other.refreshToken !== used, found.etag)
}

/**
 * Stores a grant that a user has just given, and replaces the stored one. An unreadable one is copied aside first.
 * @throws JobError `store-unreachable`
 */
export async function replaceGrant(file: GrantFile, grant: Grant): Promise<void> {
  await storeGrant(file, grant, () => false, await file.readyToReplace())
}

/** A grant as it was found; `etag` is the version that a renewed one replaces. */
interface Found {
  readonly grant: Grant | null
  readonly etag: string
}

/** Returns with the lock, or with a grant that another container has renewed. */
async function acquireLock(file: GrantFile, clock: Clock, isGood: (grant: Grant) => boolean): Promise<Found> {
  const lock = randomUUID()
  const giveUpAt = clock.monotonic() + waitBudgetMs
  for (;;) {
    const found = await file.read()
    const grant = found?.content.grant ?? null
    if (found && grant && isGood(grant)) return { grant, etag: found.etag }
    const taken = found && found.content.lock !== null && found.storeNow - found.modifiedAt < lockMs
    if (!taken) {
      const outcome = await file.write({ grant, lock }, found?.etag ?? null)
      if (outcome.kind === 'applied') return { grant, etag: outcome.etag }
    }
    if (clock.monotonic() >= giveUpAt) throw lockedForLong()
    await clock.sleep(pauseMs)
  }
}

/** If the write fails, the lock expires by its age. */
async function releaseLock(file: GrantFile, { grant, etag }: Found): Promise<void> {
  await file.write({ grant, lock: null }, etag).catch(() => null)
}

/** Writes until the file holds this grant or a newer one; returns the one that it holds. */
async function storeGrant(
  file: GrantFile,
  grant: Grant,
  isNewer: (other: Grant) => boolean,
  over: string | null,
): Promise<Grant> {
  for (let etag = over; ;) {
    const outcome = await file.write({ grant, lock: null }, etag)
    if (outcome.kind === 'applied') return grant
    const other = outcome.found?.content.grant
    if (other && isNewer(other)) return other
    etag = outcome.found?.etag ?? null
  }
}

function lockedForLong(): JobError {
  return new JobError(
    'store-unreachable',
    `The grant of the source could not be locked within ${waitBudgetMs / 1000} s.`,
    'The next tick tries again. If this continues, check the status of App Builder Files.',
  )
}
