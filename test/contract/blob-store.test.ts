import { startFilesService } from '../fixtures/files-service'
import { createMemoryBlobStore } from '../fixtures/memory-blob-store'
import { virtualClock } from '../fixtures/virtual-clock'
import { blobStoreContract } from './blob-store.contract'
import type { BlobStore } from '../../src/state/blob-store'
import type { BlobFate } from '../fixtures/memory-blob-store'
import type { FilesService } from '../fixtures/files-service'

describe('in memory', () => {
  const clock = virtualClock()
  const fates: BlobFate[] = []
  const store = createMemoryBlobStore({
    clock,
    fault: ({ kind }) => (kind === 'write' ? fates.shift() : undefined) ?? 'ok',
  })

  blobStoreContract(() => ({
    store,
    now: () => clock.now(),
    loseNextWrite: (moment) => fates.push(`lost-${moment}`),
  }))
})

describe('App Builder Files', () => {
  let service: FilesService
  let store: BlobStore

  beforeAll(async () => {
    service = await startFilesService()
    store = service.open().store
  })
  afterAll(() => service.stop())

  blobStoreContract(() => ({
    store,
    now: Date.now,
    loseNextWrite: (moment) => {
      service.files.once({ kind: `cut-${moment}` }, ({ method }) => method === 'PUT')
    },
  }))
})
