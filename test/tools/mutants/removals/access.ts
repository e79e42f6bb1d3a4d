import type { Removal } from './removal'

/** Secrets, tokens and HTTP. */
export const accessRemovals: readonly Removal[] = [
  {
    safeguard: 'secrets are hidden in every text',
    file: 'src/http/redact.ts',
    find: 'for (const expression of expressions.literals) output = output.replace(expression, mask)',
    replace: '',
  },
  {
    safeguard: 'http is refused beyond this machine',
    file: 'src/http/node-fetch-client.ts',
    find: "(url.protocol === 'http:' && loopback.has(url.hostname))",
    replace: "url.protocol === 'http:'",
  },
  {
    safeguard: 'the size of an answer is limited',
    file: 'src/http/node-fetch-client.ts',
    find: 'if (size > maxBytes)',
    replace: 'if (size > Infinity)',
  },
  {
    safeguard: 'redirects are not followed',
    file: 'src/http/node-fetch-client.ts',
    find: "redirect: 'manual'",
    replace: "redirect: 'follow'",
  },
  {
    safeguard: 'Retry-After is waited for',
    file: 'src/http/retry-policy.ts',
    find: 'const waitMs = asked ?? random()',
    replace: 'const waitMs = random()',
  },
  {
    safeguard: 'retries end with their budget',
    file: 'src/http/retry-policy.ts',
    find: 'if (clock.monotonic() + waitMs >= endAt) {',
    replace: 'if (clock.monotonic() + waitMs >= Infinity) {',
  },
  {
    safeguard: 'concurrent requests for a token are joined (single-flight)',
    file: 'src/auth/memoize.ts',
    find: 'minting ??= provider()',
    replace: 'minting = provider()',
  },
  {
    safeguard: 'a refused credential is not tried again at once',
    file: 'src/auth/memoize.ts',
    find: 'if (refusal && now < refusal.until) throw refusal.error',
    replace: '',
  },
  {
    safeguard: 'a refresh token is used by one container at a time',
    file: 'src/auth/oauth2/single-flight.ts',
    find: 'const taken = found && found.content.lock !== null && found.storeNow - found.modifiedAt < lockMs',
    replace: 'const taken = false',
  },
  {
    safeguard: 'an ID token belongs to the consent that asked for it (nonce)',
    file: 'src/auth/ims/id-token.ts',
    find: "if (claims?.nonce !== nonce) throw invalid('the nonce is not the one that was sent')",
    replace: 'if (!claims) throw invalid("")',
  },
  {
    safeguard: 'only RS256 signs an ID token',
    file: 'src/auth/ims/id-token.ts',
    find: "algorithms: ['RS256'],",
    replace: '',
  },
  {
    safeguard: 'an invitation expires',
    file: 'src/auth/consent/invitations.ts',
    find: "if (clock.now() >= expiresAt) throw invalid('The invitation has expired')",
    replace: '',
  },
  {
    safeguard: 'an invitation is used once',
    file: 'src/auth/consent/invitations.ts',
    find: 'if (!(await singleUse.claim(nameOf(id), expiryOf(id) ?? 0))) throw used',
    replace: 'expiryOf(id)',
  },
  {
    safeguard: 'the token of a caller is confirmed by IMS',
    file: 'src/auth/ims/confirm-caller.ts',
    find: "if (!validation.data.valid) throw unauthorized('IMS does not confirm the token', 'Log in again.')",
    replace: '',
  },
  {
    safeguard: 'a link of the status page is used once',
    file: 'src/app-builder/status/sessions.ts',
    find: ' || !(await singleUse.claim(nameOf(found.id), found.endsAt))',
    replace: '',
  },
  {
    safeguard: 'links and sessions of the status page end',
    file: 'src/app-builder/status/sessions.ts',
    find: ' && clock.now() < endsAt',
    replace: '',
  },
  {
    safeguard: 'a form of the status page belongs to its session',
    file: 'src/app-builder/status/sessions.ts',
    find: 'sealer.open(token, purposes.form) === id',
    replace: 'sealer.open(token, purposes.form) !== `${id}-`',
  },
  {
    safeguard: 'a form of the status page has its own origin',
    file: 'src/app-builder/status/admission.ts',
    find: 'if (headers.origin === new URL(url).origin) return',
    replace: 'if (headers.origin !== url) return',
  },
  {
    safeguard: 'without a login the API host is a loopback address',
    file: 'src/app-builder/status/admission.ts',
    find: 'isLoopback(new URL(runtime.apiHost).hostname) &&',
    replace: '',
  },
  {
    safeguard: 'without a login the request came by a loopback name',
    file: 'src/app-builder/status/admission.ts',
    find: 'isLoopback(hostnameOf(headers.host)) &&',
    replace: '',
  },
  {
    safeguard: 'without a login no other site made the request',
    file: 'src/app-builder/status/admission.ts',
    find: "(site === 'none' || site === 'same-origin')",
    replace: 'true',
  },
  {
    safeguard: 'texts of a page are escaped',
    file: 'src/app-builder/web/html.ts',
    find: '.replace(/[&<>"\']/g, (character) => `&#${character.charCodeAt(0)};`)',
    replace: '',
  },
]
