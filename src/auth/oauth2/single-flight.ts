import { randomUUID } from 'node:crypto'
import { JobError } from '../../errors'
import type { Clock } from '../../clock'
import type { Grant } from './grant'
import type { GrantFile, GrantVersion } from './grant-store'

/** Longer than a renewal with all its retries: a lock of that age belongs to a container that has ended. */
const lockMs = 45_000
/** Budget for waiting for the lock, and for storing the renewed grant. */
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
  return storeGrant(file, clock, renewed.grant, (other) => other.refreshToken !== used, found.etag)
}

/**
 * Stores a grant that a user has just given, and replaces the stored one. An unreadable one is copied aside first.
 * @throws JobError `store-unreachable`
 */
export async function replaceGrant(file: GrantFile, clock: Clock, grant: Grant): Promise<void> {
  const { etag } = await file.readToReplace()
  await storeGrant(file, clock, grant, () => false, etag)
}

/** Returns with the lock, or with a grant that another container has renewed. */
async function acquireLock(
  file: GrantFile,
  clock: Clock,
  isGood: (grant: Grant) => boolean,
): Promise<GrantVersion> {
  const mine = randomUUID()
  const giveUpAt = clock.monotonic() + waitBudgetMs
  for (;;) {
    const found = await file.read()
    if (found.lock === mine || (found.grant && isGood(found.grant))) return found
    const taken = found.lock !== null && found.ageMs < lockMs
    const etag = taken ? null : await file.write({ grant: found.grant, lock: mine }, found.etag)
    if (etag !== null) return { ...found, etag }
    if (clock.monotonic() >= giveUpAt) throw timedOut('locked')
    await clock.sleep(pauseMs)
  }
}

/** If the write fails, the lock expires by its age. */
async function releaseLock(file: GrantFile, { grant, etag }: GrantVersion): Promise<void> {
  await file.write({ grant, lock: null }, etag).catch(() => null)
}

/** Writes until the file holds this grant or a newer one; returns the one that it holds. */
async function storeGrant(
  file: GrantFile,
  clock: Clock,
  grant: Grant,
  isNewer: (other: Grant) => boolean,
  over: string | null,
): Promise<Grant> {
  const giveUpAt = clock.monotonic() + waitBudgetMs
  for (let etag = over; ;) {
    if ((await file.write({ grant, lock: null }, etag)) !== null) return grant
    const found = await readWithRetries(file, clock, giveUpAt)
    if (found.grant && isNewer(found.grant)) return found.grant
    if (clock.monotonic() >= giveUpAt) throw timedOut('stored')
    await clock.sleep(pauseMs)
    etag = found.etag
  }
}

async function readWithRetries(file: GrantFile, clock: Clock, giveUpAt: number): Promise<GrantVersion> {
  for (;;) {
    try {
      return await file.read()
    } catch (error) {
      const passing = error instanceof JobError && error.code === 'store-unreachable'
      if (!passing || clock.monotonic() >= giveUpAt) throw error
      await clock.sleep(pauseMs)
    }
  }
}

function timedOut(what: 'locked' | 'stored'): JobError {
  return new JobError(
    'store-unreachable',
    `The grant of the source could not be ${what} within ${waitBudgetMs / 1000} s.`,
    'The next tick tries again. If this continues, check the status of App Builder Files.',
  )
}
