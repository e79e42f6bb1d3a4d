/** An element whose end tag has not come yet. */
interface OpenElement {
  readonly name: string
  /** Path below the record. */
  readonly path: string
  readonly children: Map<string, unknown[]>
  text: string
}

interface Tag {
  readonly name: string
  readonly attributes?: Readonly<Record<string, unknown>>
}

/** Makes records of the tags and texts of an XML document. */
export interface ElementReader {
  readonly open: (tag: Tag) => void
  readonly close: () => void
  readonly text: (text: string) => void
  /** The records that ended since the last call. */
  readonly take: () => unknown[]
  readonly isInRecord: () => boolean
  /** True once an element was open that can hold records: without one, no record is not the same as no data. */
  readonly foundParent: () => boolean
}

/**
 * @param path names of the elements from the root to a record
 * @param lists paths below a record that are always lists
 */
export function createElementReader(path: readonly string[], lists: readonly string[]): ElementReader {
  const around: string[] = []
  const inside: OpenElement[] = []
  let done: unknown[] = []
  let found = false

  function elementOf({ name, attributes = {} }: Tag, below: string): OpenElement {
    const children = new Map(Object.entries(attributes).map(([key, value]) => [`@${key}`, [value]]))
    return { name, path: below, children, text: '' }
  }

  function holdsRecords(): boolean {
    return around.length === path.length - 1 && around.every((name, depth) => name === path[depth])
  }

  function isRecord(name: string): boolean {
    return name === path.at(-1) && holdsRecords()
  }

  function valueOf({ children, path: below, text }: OpenElement): unknown {
    if (children.size === 0) return text
    const fields = [...children].map(([name, values]) => {
      const isList = values.length > 1 || lists.includes(below === '' ? name : `${below}.${name}`)
      return [name, isList ? values : values[0]] as const
    })
    if (text.trim() !== '') fields.push(['#text', text])
    return Object.fromEntries(fields)
  }

  return {
    open(tag) {
      const parent = inside.at(-1)
      if (parent) inside.push(elementOf(tag, parent.path === '' ? tag.name : `${parent.path}.${tag.name}`))
      else if (isRecord(tag.name)) {
        found = true
        inside.push(elementOf(tag, ''))
      } else {
        around.push(tag.name)
        found ||= holdsRecords()
      }
    },
    close() {
      const element = inside.pop()
      if (!element) {
        around.pop()
        return
      }
      const value = valueOf(element)
      const parent = inside.at(-1)
      if (!parent) {
        done.push(value)
        return
      }
      const siblings = parent.children.get(element.name)
      if (siblings) siblings.push(value)
      else parent.children.set(element.name, [value])
    },
    text(text) {
      const element = inside.at(-1)
      if (element) element.text += text
    },
    take() {
      const taken = done
      done = []
      return taken
    },
    isInRecord: () => inside.length > 0,
    foundParent: () => found,
  }
}
