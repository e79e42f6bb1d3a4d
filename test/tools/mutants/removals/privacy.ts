import type { Removal } from './removal'

/** Private addresses, secrets and personal data. */
export const privacyRemovals: readonly Removal[] = [
  {
    safeguard: 'a URL from data with a private address is refused',
    file: 'src/http/address-guard.ts',
    find: 'if (isIP(host) !== 0 && !isWithin(host, reach)) throw refusal()',
    replace: '',
  },
  {
    safeguard: 'a name with any private address is refused',
    file: 'src/http/address-guard.ts',
    find: '!addresses.every(',
    replace: '!addresses.some(',
  },
  {
    safeguard: 'loopback is in reach of declared loopback URLs only',
    file: 'src/http/address-guard.ts',
    find: "? 'public-or-loopback' : 'public'",
    replace: "? 'public-or-loopback' : 'public-or-loopback'",
  },
  {
    safeguard: 'IPv6 addresses beyond the global ones are private',
    file: 'src/http/address-guard.ts',
    find: "return globalIpv6.check(plain, 'ipv6') && ",
    replace: 'return ',
  },
  {
    safeguard: 'a redirect of a file reaches no private address',
    file: 'src/sources/files/https-file.ts',
    find: 'const reach = reachOf(href, start.href)',
    replace: 'const reach = reachOf(href, href)',
  },
  {
    safeguard: 'the download of an export reaches no private address',
    file: 'src/sources/exports/export-requests.ts',
    find: 'const reach = reachOf(address, base)',
    replace: 'const reach = reachOf(address, address)',
  },
  {
    safeguard: 'connections that were checked are kept apart from others',
    file: 'src/http/agents.ts',
    find: "const agents = direct[reach ?? 'any']",
    replace: 'const agents = direct.any',
  },
  {
    safeguard: 'user and password of a URL are hidden',
    file: 'src/http/redact.ts',
    find: "if (output.includes('://')) output = output.replace(userInfo, mask)",
    replace: '',
  },
  {
    safeguard: 'escaped forms of a secret are hidden',
    file: 'src/http/redact.ts',
    find: 'for (const expression of expressions.escaped) output = output.replace(expression, mask)',
    replace: "output += ''",
  },
  {
    safeguard: 'a secret is known to the redactor when it is resolved',
    file: 'src/inputs.ts',
    find: 'onSecret(text)',
    replace: '',
  },
  {
    safeguard: 'a secret too short to be hidden is refused',
    file: 'src/inputs.ts',
    find: 'text.length < shortestSecret',
    replace: 'text.length < 0',
  },
  {
    safeguard: 'secrets of every job reach the redactor of the action',
    file: 'src/app-builder/platform.ts',
    find: ', redactor.add),',
    replace: '),',
  },
  {
    safeguard: 'a refresh token is known to the redactor',
    file: 'src/auth/oauth2/grant-provider.ts',
    find: 'if (grant.refreshToken !== null) learn?.(grant.refreshToken)',
    replace: '',
  },
  {
    safeguard: 'control characters of other systems reach no text',
    file: 'src/http/foreign-text.ts',
    find: "return text.replace(controlCharacters, ' ')",
    replace: 'return text',
  },
  {
    safeguard: 'personal data in dimensions of hits is a reject',
    file: 'src/destinations/bulk-data-insertion/row-rules.ts',
    find: '&& !allowsPersonalData ? personalRule',
    replace: "&& !allowsPersonalData && name === '' ? personalRule",
  },
  {
    safeguard: 'personal data in dimensions of Data Sources is a reject',
    file: 'src/destinations/data-sources/row-encoder.ts',
    find: '(mayBePersonal ? null : personalFault(name, value))',
    replace: "(mayBePersonal || name !== '' ? null : personalFault(name, value))",
  },
  {
    safeguard: 'personal data in keys of classifications is a reject',
    file: 'src/destinations/classifications/json-encoder.ts',
    find: "(allowsPersonalKeys ? null : personalKey(key ?? ''))",
    replace: "(allowsPersonalKeys || key !== '' ? null : personalKey(key ?? ''))",
  },
  {
    safeguard: 'phone numbers are personal data',
    file: 'src/personal-data.ts',
    find: 'return phones.some((phone) => text.search(phone) >= 0) ?',
    replace: 'return phones.every((phone) => text.search(phone) > text.length) ?',
  },
  {
    safeguard: 'personal data of rejects is not shown',
    file: 'src/app-builder/status/open-rejects.ts',
    find: 'cut(withoutPersonalData(JSON.stringify(record ?? null)), recordChars)',
    replace: 'cut(JSON.stringify(record ?? null), recordChars)',
  },
  {
    safeguard: 'personal data in the message of a reject is not shown',
    file: 'src/app-builder/status/open-rejects.ts',
    find: 'cut(withoutPersonalData(message), messageChars)',
    replace: 'cut(message, messageChars)',
  },
  {
    safeguard: 'personal data in examples of drift is hidden',
    file: 'src/pipeline/drift/watch-drift.ts',
    find: 'withoutPersonalData(hide(text))',
    replace: 'hide(text)',
  },
  {
    safeguard: 'secrets in examples of drift are hidden',
    file: 'src/pipeline/drift/watch-drift.ts',
    find: 'withoutPersonalData(hide(text))',
    replace: 'withoutPersonalData(text)',
  },
  {
    safeguard: 'a pseudonym depends on its salt',
    file: 'src/definition/personal-data.ts',
    find: "createHmac('sha256', salt)",
    replace: "createHmac('sha256', salt.slice(0, 0))",
  },
  {
    safeguard: 'a record without consent is left out',
    file: 'src/pipeline/extraction/intake.ts',
    find: "if (!hasConsent(job.consent, parsed)) return { kind: 'filtered' }",
    replace: 'hasConsent(job.consent, parsed)',
  },
]
