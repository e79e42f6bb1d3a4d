import type { FileStoreDefinition } from '../../../../src/sources/files/file-store'

export interface MemoryFile {
  content: string
  modified: number
  /** Default: the content. */
  version?: string | null
  bytes?: number | null
}

export interface MemoryFileStore {
  readonly definition: FileStoreDefinition
  readonly files: Map<string, MemoryFile>
  /** Names of the files that were read, in order. */
  readonly read: string[]
  /** How often it was closed. */
  closed: number
}

/** A file store in memory; it lists in the reverse order, two files at a time. */
export function memoryFileStore(files: Readonly<Record<string, string>> = {}): MemoryFileStore {
  const store: MemoryFileStore = {
    files: new Map(Object.entries(files).map(([name, content]) => [name, { content, modified: 0 }])),
    read: [],
    closed: 0,
    definition: {
      kind: 'memory',
      inputs: [],
      faults: [],
      open: () => ({
        identity: 'memory:',
        async *list(prefix) {
          await Promise.resolve()
          const stored = [...store.files].reverse().filter(([name]) => name.startsWith(prefix))
          const listed = stored.map(
            ([name, { content, modified, version = content, bytes = content.length }]) => ({
              ...{ name, modified, version, bytes },
            }),
          )
          for (let at = 0; at < listed.length; at += 2) yield listed.slice(at, at + 2)
        },
        read({ name }) {
          store.read.push(name)
          const bytes = (async function* () {
            for (const line of store.files.get(name)?.content.split(/(?<=\n)/) ?? []) {
              await Promise.resolve()
              yield Buffer.from(line)
            }
          })()
          return Promise.resolve({ bytes, contentType: null })
        },
        close() {
          store.closed += 1
          return Promise.resolve()
        },
      }),
    },
  }
  return store
}
