import { randomBytes } from 'node:crypto'
import { createInvitations, invitationDays } from '../../../../src/auth/consent/invitations'
import { pendingConsents, pendingSeconds } from '../../../../src/auth/consent/pending-consent'
import { createSealer } from '../../../../src/state/sealer'
import { openSingleUse } from '../../../../src/state/single-use'
import { errorOf } from '../../../fixtures/error-of'
import { createMemoryBlobStore } from '../../../fixtures/memory-blob-store'
import { hurriedClock } from '../../../fixtures/source-context'
import type { BlobOperation } from '../../../fixtures/memory-blob-store'

const dayMs = 24 * 3_600_000
const redirectUri = 'https://app.example/callback'

function app() {
  const clock = hurriedClock()
  const asked: BlobOperation[] = []
  const files = createMemoryBlobStore({
    clock,
    fault: (operation) => {
      asked.push(operation)
      return 'ok'
    },
  })
  const sealer = createSealer(randomBytes(32))
  const singleUse = openSingleUse(files, clock)
  const invitations = createInvitations(sealer, singleUse, clock)
  const pending = pendingConsents(sealer, singleUse, clock)
  const invited = () => invitations.make({ to: 'adobe', orgId: null, inputs: { SUITE: 'theirs' } })
  return { clock, asked, files, sealer, invitations, pending, invited }
}

describe('an invitation', () => {
  it('is readable until it has been used', async () => {
    const { invitations, invited } = app()
    const { id, text } = invited()
    const invitation = await invitations.read(text)
    expect(invitation).toEqual({ id, to: 'adobe', orgId: null, inputs: { SUITE: 'theirs' } })
    await invitations.use(invitation)

    expect(await errorOf(invitations.read(text))).toMatchObject({ code: 'consent-invalid' })
  })

  it('can be used by one of two callers at the same moment', async () => {
    const { invitations, invited } = app()
    const invitation = await invitations.read(invited().text)

    const uses = await Promise.allSettled([invitations.use(invitation), invitations.use(invitation)])

    expect(uses.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('is refused once it was revoked, and cannot be revoked once it was used', async () => {
    const { invitations, invited } = app()
    const [one, other] = [invited(), invited()]

    expect(await invitations.revoke(one.id)).toBe(true)
    expect(await errorOf(invitations.read(one.text))).toMatchObject({ code: 'consent-invalid' })
    await invitations.use(other)
    expect(await invitations.revoke(other.id)).toBe(false)
  })

  it('expires after a week', async () => {
    const { clock, invitations, invited } = app()
    const { text } = invited()
    clock.pass(invitationDays * dayMs)

    expect(await errorOf(invitations.read(text))).toMatchObject({ message: 'The invitation has expired.' })
  })

  it('does not open with another key, and no other sealed value opens as an invitation', async () => {
    const { invitations, sealer } = app()

    expect(await errorOf(invitations.read(app().invited().text))).toMatchObject({ code: 'consent-invalid' })
    expect(await errorOf(invitations.read(sealer.seal('{}', 'pending-consent')))).toMatchObject({
      code: 'consent-invalid',
    })
  })

  it.each(['', 'x', '../jobs', '1790000000000-xyz'])('with the id %j cannot be revoked', async (id) => {
    expect(await errorOf(app().invitations.revoke(id))).toMatchObject({ code: 'params-invalid' })
  })
})

describe('a consent that was begun', () => {
  const invitation = { id: 'i', to: 'adobe', orgId: null, inputs: {} }

  it('is completed once, by the browser that holds its cookie', async () => {
    const { pending } = app()
    const { request, cookie } = pending.begin(invitation, redirectUri)

    expect(await pending.take(request.state, cookie)).toMatchObject({ ...request, invitation })
    expect(await errorOf(pending.take(request.state, cookie))).toMatchObject({ code: 'consent-invalid' })
  })

  it('is completed by one of two callbacks at the same moment', async () => {
    const { pending } = app()
    const { request, cookie } = pending.begin(invitation, redirectUri)

    const takes = await Promise.allSettled(
      Array.from({ length: 10 }, () => pending.take(request.state, cookie)),
    )

    expect(takes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('causes no request to a store for a stranger’s callback', async () => {
    const { pending, asked, sealer } = app()
    const { request, cookie } = pending.begin(invitation, redirectUri)
    const other = pending.begin(invitation, redirectUri)
    const strangers = [
      undefined,
      '',
      'v1.Zm9yZ2Vk',
      other.cookie,
      cookie.slice(0, -2),
      sealer.seal('{}', 'invitation'),
    ]
    for (const forged of strangers) {
      expect(await errorOf(pending.take(request.state, forged))).toMatchObject({ code: 'consent-invalid' })
    }

    expect(asked).toEqual([])
  })

  it('expires after ten minutes', async () => {
    const { clock, pending } = app()
    const { request, cookie } = pending.begin(invitation, redirectUri)
    clock.pass(pendingSeconds * 1000)

    expect(await errorOf(pending.take(request.state, cookie))).toMatchObject({
      message: 'The link has expired.',
    })
  })

  it('is encrypted in its cookie, which stays below the size limit of browsers', () => {
    const { pending } = app()
    const inputs = { SUITE: 'canary'.repeat(160) }
    const { request, cookie } = pending.begin(
      { ...invitation, inputs },
      `https://${'host.'.repeat(40)}example/callback`,
    )

    expect(cookie.length).toBeLessThan(3_800)
    expect(Buffer.from(cookie, 'base64url').toString('latin1')).not.toMatch(/canary|example/)
    expect(cookie).not.toContain(request.state)
  })
})
