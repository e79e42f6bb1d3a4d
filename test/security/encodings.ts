const hexOf = (sign: string) => sign.charCodeAt(0).toString(16).padStart(2, '0')
const each = (text: string, escape: (sign: string) => string) => Array.from(text, escape).join('')

/** The forms in which a server may repeat what it was sent. */
export const encodings: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': (secret) => secret,
  'in base64': (secret) => Buffer.from(secret).toString('base64'),
  'in base64url': (secret) => Buffer.from(secret).toString('base64url'),
  'within HTTP Basic credentials': (secret) => Buffer.from(`client:${secret}`).toString('base64'),
  'in percent escapes, upper case': (secret) => each(secret, (sign) => `%${hexOf(sign).toUpperCase()}`),
  'in percent escapes, lower case': (secret) => each(secret, (sign) => `%${hexOf(sign)}`),
  'in hex': (secret) => Buffer.from(secret).toString('hex'),
  'in HTML': (secret) => each(secret, (sign) => `&#${sign.charCodeAt(0)};`),
  'in JSON escapes': (secret) => each(secret, (sign) => `\\u00${hexOf(sign)}`),
  'in upper case': (secret) => secret.toUpperCase(),
}

/** The secrets that a text holds, whatever their form. Decoders of our own: the redactor is what is tested. */
export function secretsIn(text: string, secrets: readonly string[]): string[] {
  const plain = [text, unescapedPercent(text), unescapedHtml(text), unescapedJson(text)].map((form) =>
    form.toLowerCase(),
  )
  const decoded = decodings(text)
  return secrets.filter(
    (secret) =>
      plain.some((form) => form.includes(secret.toLowerCase())) ||
      decoded.some((form) => form.includes(secret)),
  )
}

const unescapedPercent = (text: string) =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
const unescapedHtml = (text: string) =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
const unescapedJson = (text: string) =>
  text.replace(/\\+u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))

/** Every run that could be base64 or hex, decoded at each alignment. */
function decodings(text: string): string[] {
  const runs = text.match(/[\w+/-]{8,}/g) ?? []
  return runs.flatMap((run) => [
    ...[0, 1, 2, 3].map((skipped) => Buffer.from(run.slice(skipped), 'base64').toString('latin1')),
    ...[0, 1].map((skipped) => Buffer.from(run.slice(skipped), 'hex').toString('latin1')),
  ])
}
