const content = Symbol('markup')

/** Markup whose texts are escaped. Only {@link html} makes it: a symbol cannot come out of JSON. */
export interface Markup {
  readonly [content]: string
}

type Part = Markup | string | number | null | undefined | readonly Markup[]

/** Tagged template: every text in it is escaped, for content and for quoted attributes; null and undefined are empty. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const text = strings.map((string, index) => string + textOf(parts[index])).join('')
  return { [content]: text }
}

/** Text that goes out unescaped: for constants of this app, such as a stylesheet. */
export function verbatim(text: string): Markup {
  return { [content]: text }
}

export function markupText(markup: Markup): string {
  return markup[content]
}

function textOf(part: Part): string {
  if (part === null || part === undefined) return ''
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part))
  return isList(part) ? part.map(markupText).join('\n') : markupText(part)
}

function isList(part: Markup | readonly Markup[]): part is readonly Markup[] {
  return Array.isArray(part)
}

/** Control characters other than line breaks and tabs have no place in HTML. */
// eslint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

function escaped(text: string): string {
  return text.replace(controls, '\uFFFD').replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
