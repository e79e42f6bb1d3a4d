import { randomBytes } from 'node:crypto'
import { JobError } from '../../errors'
import type { Clock } from '../../clock'
import type { Sealer } from '../../state/sealer'
import type { SingleUse } from '../../state/single-use'

export const linkMinutes = 60
export const sessionHours = 8

const purposes = { link: 'status-link', session: 'status-session', form: 'status-form' } as const

/** A browser that a link has opened the page to. */
export interface Session {
  /** Names it and contains its end: `<ms since the epoch>-<random>`. */
  readonly id: string
  /** For the browser: {@link Session.id}, sealed. */
  readonly cookie: string
}

/**
 * Who may use the page in a browser, without a store of users: links, sessions and form tokens are sealed ids with a
 * time limit. Only the use of a link is stored. A new TOKEN_ENCRYPTION_KEY ends all of them.
 */
export interface Sessions {
  /** The secret of a link, which opens one session. */
  makeLink(): string
  /** True where the link can still be used. Does not use it. */
  isOpen(link: string): Promise<boolean>
  /** Uses the link. @throws JobError `caller-unauthorized` where it is forged, too old or used */
  open(link: string): Promise<Session>
  /** A session without a link, for a page that needs no login. */
  begin(): Session
  /** Null where the cookie is missing, forged or too old. */
  find(cookie: string | undefined): Session | null
  /** A token for the forms of this session: another site can send its cookie, but cannot know this. */
  formToken(session: Session): string
  isFormToken(token: string, session: Session): boolean
}

export function createSessions(sealer: Sealer, singleUse: SingleUse, clock: Clock): Sessions {
  function newId(lifeMs: number): string {
    return `${clock.now() + lifeMs}-${randomBytes(16).toString('hex')}`
  }

  /** The id, and its end; null where the text is not one of this purpose, or its time is over. */
  function opened(text: string, purpose: string): { readonly id: string; readonly endsAt: number } | null {
    const id = sealer.open(text, purpose)
    const endsAt = Number(id?.split('-', 1)[0])
    return id !== null && clock.now() < endsAt ? { id, endsAt } : null
  }

  function begin(): Session {
    const id = newId(sessionHours * 3_600_000)
    return { id, cookie: sealer.seal(id, purposes.session) }
  }

  return {
    makeLink: () => sealer.seal(newId(linkMinutes * 60_000), purposes.link),
    async isOpen(link) {
      const found = opened(link, purposes.link)
      return found !== null && !(await singleUse.isClaimed(nameOf(found.id), found.endsAt))
    },
    async open(link) {
      const found = opened(link, purposes.link)
      if (!found || !(await singleUse.claim(nameOf(found.id), found.endsAt))) throw linkUsed
      return begin()
    },
    begin,
    find(cookie) {
      const found = cookie === undefined ? null : opened(cookie, purposes.session)
      return found && cookie !== undefined ? { id: found.id, cookie } : null
    },
    formToken: ({ id }) => sealer.seal(id, purposes.form),
    isFormToken: (token, { id }) => sealer.open(token, purposes.form) === id,
  }
}

function nameOf(id: string): string {
  return `status-link/${id}`
}

export const askForLink =
  'Ask the operator for a link: `npm run job -- page` prints one, which opens this page once.'

export const linkUsed = new JobError(
  'caller-unauthorized',
  'The link is not one of this app, is too old, or was used before.',
  askForLink,
)
