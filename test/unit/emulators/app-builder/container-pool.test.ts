import { join } from 'node:path'
import AdmZip from 'adm-zip'
import { createContainerPool } from '../../../../emulators/app-builder/container-pool'
import type { ContainerPool, Deployed } from '../../../../emulators/app-builder/container-pool'

const zip = new AdmZip()
zip.addLocalFile(join(__dirname, '../../../fixtures/probe-action.js'), '', 'index.js')
const options = { code: zip.toBuffer(), main: 'main', memoryMb: 256, env: {} }

let pool: ContainerPool
beforeEach(() => {
  pool = createContainerPool()
})
afterEach(() => pool.stop())

const path = '/ns/package/action'
const enter = (deployed: Deployed, concurrency = 1) => pool.enter(deployed, concurrency, options)

it('reuses a warm container for the same revision', async () => {
  const revision = {}
  const first = await enter({ path, revision })
  first.leave()

  const second = await enter({ path, revision })

  expect(second.container).toBe(first.container)
})

it('starts a container for a new revision and ends the idle one of the revision before', async () => {
  const first = await enter({ path, revision: {} })
  first.leave()

  const second = await enter({ path, revision: {} })
  await first.container.gone

  expect(second.container).not.toBe(first.container)
})

it('lets a busy container of the revision before finish, and ends it afterwards', async () => {
  const busy = await enter({ path, revision: {} })
  const revision = {}
  const second = await enter({ path, revision })
  expect(busy.container.alive).toBe(true)
  busy.leave()
  second.leave()

  await enter({ path, revision })

  await busy.container.gone
  expect(second.container.alive).toBe(true)
})

it('keeps the containers of other actions', async () => {
  const other = await enter({ path: '/ns/package/other', revision: {} })
  other.leave()

  await enter({ path, revision: {} })

  expect(other.container.alive).toBe(true)
})

it('gives a second place in a container only up to its concurrency', async () => {
  const deployed = { path, revision: {} }
  const [first, second, third] = [
    await enter(deployed, 2),
    await enter(deployed, 2),
    await enter(deployed, 2),
  ]

  expect(second.container).toBe(first.container)
  expect(third.container).not.toBe(first.container)
})
