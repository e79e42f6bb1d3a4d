import { randomUUID } from 'node:crypto'
import { JobError } from '../../errors'
import type { Clock } from '../../clock'
import type { Grant } from './grant'
import type { GrantFile, GrantVersion } from './grant-store'

/** Longer than a renewal may take, with all its exchanges: whoever held a claim for that long is gone. */
const claimMs = 45_000
const patienceMs = 60_000
const pauseMs = 500

export interface Renewed {
  readonly grant: Grant
  /** The one that was renewed. */
  readonly from: Grant | null
}

/**
 * Single-flight refresh across containers: servers with refresh-token rotation revoke the grant when a token is used
 * twice. The others wait, and take what the one has kept.
 * @see RFC 9700 §4.14.2
 * @throws JobError `store-unreachable`, or whatever `renew` throws
 */
export async function renewAlone(
  file: GrantFile,
  clock: Clock,
  { isGood, renew }: { isGood: (grant: Grant) => boolean; renew: (grant: Grant | null) => Promise<Renewed> },
): Promise<Grant> {
  const found = await claim(file, clock, isGood)
  if (found.grant && isGood(found.grant)) return found.grant
  let renewed: Renewed
  try {
    renewed = await renew(found.grant)
  } catch (error) {
    await release(file, found)
    throw error
  }
  // A stored refresh token that is not the one just used: a person consented meanwhile, or our own write has landed.
  const spent = renewed.from?.refreshToken ?? null
  return keep(file, clock, renewed.grant, (other) => other.refreshToken !== spent, found.etag)
}

/**
 * Keeps what a person has just granted, over whatever was there; what could not be opened is set aside first.
 * @throws JobError `store-unreachable`
 */
export async function keepGranted(file: GrantFile, clock: Clock, grant: Grant): Promise<void> {
  const { etag } = await file.readToReplace()
  await keep(file, clock, grant, () => false, etag)
}

/** Returns with the claim, or with a grant that has become good meanwhile. */
async function claim(
  file: GrantFile,
  clock: Clock,
  isGood: (grant: Grant) => boolean,
): Promise<GrantVersion> {
  const mine = randomUUID()
  const giveUpAt = clock.monotonic() + patienceMs
  for (;;) {
    const found = await file.read()
    if (found.claim === mine || (found.grant && isGood(found.grant))) return found
    const taken = found.claim !== null && found.ageMs < claimMs
    const etag = taken ? null : await file.write({ grant: found.grant, claim: mine }, found.etag)
    if (etag !== null) return { ...found, etag }
    if (clock.monotonic() >= giveUpAt) throw unsettled('claimed')
    await clock.sleep(pauseMs)
  }
}

/** Where that fails, the claim ends by itself. */
async function release(file: GrantFile, { grant, etag }: GrantVersion): Promise<void> {
  await file.write({ grant, claim: null }, etag).catch(() => null)
}

/**
 * Writes until it is certain that the grant is kept, or that a newer one is. Returns the one that is kept.
 */
async function keep(
  file: GrantFile,
  clock: Clock,
  grant: Grant,
  isNewer: (other: Grant) => boolean,
  over: string | null,
): Promise<Grant> {
  const giveUpAt = clock.monotonic() + patienceMs
  for (let etag = over; ;) {
    if ((await file.write({ grant, claim: null }, etag)) !== null) return grant
    const found = await readPatiently(file, clock, giveUpAt)
    if (found.grant && isNewer(found.grant)) return found.grant
    if (clock.monotonic() >= giveUpAt) throw unsettled('kept')
    await clock.sleep(pauseMs)
    etag = found.etag
  }
}

async function readPatiently(file: GrantFile, clock: Clock, giveUpAt: number): Promise<GrantVersion> {
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

function unsettled(what: 'claimed' | 'kept'): JobError {
  return new JobError(
    'store-unreachable',
    `The grant of the source could not be ${what}.`,
    'The next tick tries again. If it stays, check the status of App Builder Files.',
  )
}
