import { createFilesStore } from './aio-files-store'
import { createStateStore } from './aio-state-store'
import { clock, http, oncePerContainer, random } from '../container'
import { createTvm } from './tvm'
import type { BlobStore } from '../../state/blob-store'
import type { KeyValueStore } from '../../state/key-value-store'
import type { ServiceUrls } from '../params/base-urls'
import type { Runtime } from '../params/runtime'

const files = oncePerContainer<BlobStore>()
const states = oncePerContainer<KeyValueStore>()

/** App Builder Files. One per container, so that an idle tick costs a single read and no new signature. */
export function filesStore({ tvm: url }: ServiceUrls, { namespace, apiKey }: Runtime): BlobStore {
  return files([url, namespace, apiKey], () => {
    const tvm = createTvm({ url, namespace, apiKey, http, clock, random })
    return createFilesStore({ tvm, http, clock, random })
  })
}

/** App Builder State, for what may be lost. */
export function stateStore({ namespace, apiKey }: Runtime): KeyValueStore {
  return states([namespace, apiKey], () => createStateStore({ namespace, apiKey, clock }))
}
