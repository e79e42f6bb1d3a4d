import type { Field, Shape, TextForm } from './shape'

const texts: Readonly<Record<TextForm, string>> = {
  instant: 'z.iso.datetime()',
  'offset-instant': 'z.iso.datetime({ offset: true })',
  'local-time': 'z.iso.datetime({ local: true })',
  date: 'z.iso.date()',
  decimal: String.raw`z.string().regex(/^-?\d+(?:\.\d+)?$/)`,
  plain: 'z.string()',
}

/** The zod schema of an object with these fields, as source text. */
export function schemaText(fields: readonly Field[]): string {
  const members = fields.map((field) => `${propertyName(field.name)}: ${fieldText(field)},`)
  return members.length === 0 ? 'z.object({})' : `z.object({\n${members.join('\n')}\n})`
}

/** A name as an object literal has it: quoted where it is no identifier. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)
}

export function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

function fieldText({ shape, isOptional, isNullable }: Field): string {
  const text = shapeText(shape)
  // `z.unknown()` includes null and undefined.
  if (shape.kind === 'unknown') return text
  if (isOptional && isNullable) return `${text}.nullish()`
  return `${text}${isNullable ? '.nullable()' : ''}${isOptional ? '.optional()' : ''}`
}

function shapeText(shape: Shape): string {
  switch (shape.kind) {
    case 'text':
      return texts[shape.form]
    case 'number':
      return shape.isWhole ? 'z.int()' : 'z.number()'
    case 'boolean':
      return 'z.boolean()'
    case 'object':
      return schemaText(shape.fields)
    case 'list':
      return `z.array(${shape.item ? shapeText(shape.item) : 'z.unknown()'})`
    case 'union':
      return `z.union([${shape.shapes.map(shapeText).join(', ')}])`
    case 'unknown':
      return 'z.unknown().optional()'
  }
}
