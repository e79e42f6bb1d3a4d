import type { Removal } from './removal'

/** Consents, encryption keys and the status page. */
export const consentRemovals: readonly Removal[] = [
  {
    safeguard: 'consents are stored encrypted',
    file: 'src/auth/oauth2/grant-store.ts',
    find: '  return function open(name) {\n',
    replace:
      '  sealer = { seal: (text) => text, open: (sealed) => sealed }\n  return function open(name) {\n',
  },
  {
    safeguard: 'tokens are shared encrypted',
    file: 'src/auth/cache-in-store.ts',
    find: 'const { store, sealer, key, clock, log } = cache',
    replace:
      'const { store, key, clock, log } = cache\n  const sealer: Sealer = { seal: (text) => text, open: (sealed) => sealed }',
  },
  {
    safeguard: 'a consent that cannot be opened does not read as absent',
    file: 'src/auth/oauth2/grant-store.ts',
    find: 'unseal(body) ?? unreadable(path)',
    replace: "unseal(body) ?? (path === '' ? unreadable(path) : { grant: null, lock: null })",
  },
  {
    safeguard: 'a consent that cannot be opened is kept beside its replacement',
    file: 'src/auth/oauth2/grant-store.ts',
    find: 'if (blob.etag !== null && unseal(blob.body) === null) await setAside(blob.body)',
    replace: 'void setAside',
  },
  {
    safeguard: 'a grant that a person gave meanwhile is not replaced by a renewal',
    file: 'src/auth/oauth2/single-flight.ts',
    find: 'if (other && isNewer(other)) return other',
    replace: '',
  },
  {
    safeguard: 'an encryption key is random',
    file: 'src/app-builder/params/encryption-key.ts',
    find: "if (!looksRandom(text, key)) throw invalid('is not random')",
    replace: '',
  },
  {
    safeguard: 'an encryption key is strict base64',
    file: 'src/app-builder/params/encryption-key.ts',
    find: " || key.toString('base64') !== text",
    replace: '',
  },
  {
    safeguard: 'an older encryption key opens, and does not seal',
    file: 'src/app-builder/params/encryption-key.ts',
    find: 'createSealer(first, ...older)',
    replace: 'createSealer(older.at(-1) ?? first, first, ...older)',
  },
  {
    safeguard: 'links, sessions and forms of the status page are not interchangeable',
    file: 'src/app-builder/status/sessions.ts',
    find: "{ link: 'status-link', session: 'status-session', form: 'status-form' }",
    replace: "{ link: 'status', session: 'status', form: 'status' }",
  },
  {
    safeguard: 'a caller of the status page without a session has a confirmed token',
    file: 'src/app-builder/status/admission.ts',
    find: 'await fromUserToken({ caller, rules: readCallerRules(platform.params), known }, platform.ims)()',
    replace: 'void [caller, known, fromUserToken, readCallerRules]',
  },
  {
    safeguard: 'without a login no form of another origin is admitted',
    file: 'src/app-builder/status/admission.ts',
    find: 'headers.origin === undefined',
    replace: "(headers.origin === undefined || headers.origin !== '')",
  },
  {
    safeguard: 'a form is checked for its session before it is read',
    file: 'src/app-builder/status/commands.ts',
    find: "if (!sessions.isFormToken(fields.token ?? '', session)) throw staleForm",
    replace: 'void [sessions, session, staleForm]',
  },
  {
    safeguard: 'a form is checked for its origin before it is read',
    file: 'src/app-builder/status/commands.ts',
    find: 'assertOwnOrigin(platform, request)',
    replace: 'void platform',
  },
  {
    safeguard: 'a consent is completed by the browser that began it',
    file: 'src/auth/consent/pending-consent.ts',
    find: ' || !sameText(pending.state, state)',
    replace: '',
  },
  {
    safeguard: 'a consent that was begun expires',
    file: 'src/auth/consent/pending-consent.ts',
    find: 'clock.now() >= pending.expiresAt',
    replace: 'clock.now() >= Infinity',
  },
  {
    safeguard: 'a consent is completed once',
    file: 'src/auth/consent/pending-consent.ts',
    find: 'if (!(await singleUse.claim(`consent/${state}`, pending.expiresAt))) {',
    replace: 'if (singleUse === null) {',
  },
]
