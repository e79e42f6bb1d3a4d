import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { types } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import * as z from 'zod'
import { refill } from '../memory'
import { lockFolder } from './folder-lock'
import type { Blobs } from '../app-builder/files'
import type { Memory } from '../memory'
import type { Platform } from './platform'

/** Raised with every change of an emulator's data that an older version of this app could not continue with. */
const format = 1

/** All that a local platform keeps from one start to the next. */
const Stored = z.object({
  format: z.literal(format),
  /** When it was stored, ISO 8601. */
  at: z.string(),
  /** Addresses of the services are part of the state of jobs. */
  firstPort: z.number(),
  /** Opens the tokens that are stored sealed. */
  encryptionKey: z.string(),
  blobs: z.custom<Blobs>((value) => types.isMap(value)),
  memories: z.record(
    z.string(),
    z.record(
      z.string(),
      z.custom<Memory>((value) => typeof value === 'object'),
    ),
  ),
})
type Stored = z.infer<typeof Stored>

type Services = Pick<Platform, 'analytics' | 'files' | 'ims' | 'inputs' | 'partner' | 'state'>

/** The folder of a local platform whose data outlives it. */
export interface KeptData {
  /** Null where nothing was stored yet. */
  readonly stored: Pick<Stored, 'at' | 'firstPort' | 'encryptionKey'> | null
  /** True where the platform before was killed, so that its data was not stored. */
  readonly wasLeft: boolean
  /** Gives the stored data to a platform that has none yet. */
  restore(platform: Services): Promise<void>
  /** Stores the data of a platform on which no action runs any more. The file is replaced as a whole. */
  save(platform: Services, firstPort: number, now: number): Promise<void>
  release(): void
}

/** @throws RangeError where another process uses the folder, or its data is of another version */
export function openKeptData(folder: string): KeptData {
  const lock = lockFolder(folder)
  const path = join(folder, 'data')
  let stored: Stored | null
  try {
    stored = existsSync(path) ? read(path, folder) : null
  } catch (error) {
    lock.release()
    throw error
  }
  return {
    ...lock,
    stored,
    async restore(platform) {
      if (!stored) return
      for (const [service, memories] of Object.entries(memoriesOf(platform)))
        for (const [name, memory] of Object.entries(memories))
          refill(memory, stored.memories[service]?.[name] ?? {})
      await platform.files.fill(stored.blobs)
    },
    async save(platform, firstPort, now) {
      const content: Stored = {
        ...{ format, firstPort, at: new Date(now).toISOString() },
        encryptionKey: platform.inputs.TOKEN_ENCRYPTION_KEY ?? '',
        memories: memoriesOf(platform),
        blobs: await platform.files.contents(),
      }
      writeFileSync(`${path}.new`, serialize(content), { mode: 0o600 })
      renameSync(`${path}.new`, path)
    },
  }
}

function memoriesOf({ analytics, ims, partner, state }: Services): Stored['memories'] {
  return {
    analytics: analytics.memories,
    ims: ims.memories,
    partner: { authorization: partner.memory },
    state: { entries: state.memory },
  }
}

function read(path: string, folder: string): Stored {
  const remedy = `Delete the folder to begin without data (rm -r ${folder}), or use the version that wrote it.`
  const content = contentOf(path, remedy)
  const version = z.object({ format: z.number() }).safeParse(content).data?.format
  if (version !== format)
    throw new RangeError(
      `The data in ${folder} is of another version: format ${version ?? 'unknown'}, and this app continues with format ${format}. ${remedy}`,
    )
  const parsed = Stored.safeParse(content)
  if (parsed.success) return parsed.data
  throw new RangeError(`The data in ${folder} is damaged: ${z.prettifyError(parsed.error)}. ${remedy}`)
}

function contentOf(path: string, remedy: string): unknown {
  try {
    return deserialize(readFileSync(path))
  } catch (cause) {
    throw new RangeError(
      `${path} cannot be read: it is damaged, or a newer version of Node has written it. ${remedy}`,
      { cause },
    )
  }
}
