import { createStateStore } from '../../src/app-builder/storage/aio-state-store'
import { startState } from '../../emulators/app-builder/state'
import { createMemoryKeyValueStore } from '../fixtures/memory-key-value-store'
import { virtualClock } from '../fixtures/virtual-clock'
import { keyValueStoreContract } from './key-value-store.contract'
import type { StateEmulator } from '../../emulators/app-builder/state'

describe('in memory', () => {
  const clock = virtualClock()
  const store = createMemoryKeyValueStore({ clock })

  keyValueStoreContract(() => ({ store, clock }))
})

describe('App Builder State', () => {
  const clock = virtualClock()
  const store = createStateStore({ namespace: '12345-ingest-stage', apiKey: 'uuid:key', clock })
  let emulator: StateEmulator

  beforeAll(async () => {
    emulator = await startState({ apiKey: 'uuid:key', now: () => clock.now() })
    process.env.AIO_STATE_ENDPOINT = emulator.url
  })
  afterAll(() => emulator.stop())

  keyValueStoreContract(() => ({ store, clock }))
})
