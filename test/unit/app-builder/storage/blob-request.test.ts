import { inspect } from 'node:util'
import { errorOf } from '../../../fixtures/error-of'
import { apiKey, startFilesService } from '../../../fixtures/files-service'
import { pathsIn } from '../../../fixtures/paths-in'
import { virtualClock } from '../../../fixtures/virtual-clock'
import type { Fault } from '../../../../emulators/emulator'
import type { FilesService } from '../../../fixtures/files-service'

const absent = { ifAbsent: true } as const
const body = Buffer.from('{}')
const minute = 60_000

let service: FilesService
let paths = 0
/** No test meets the files of another. */
let path: string

beforeAll(async () => {
  service = await startFilesService()
})
beforeEach(() => {
  paths += 1
  path = `jobs/job-${paths}/state.json`
  service.tvm.grantMs = 60 * minute
  service.tvm.requests.length = 0
})
afterAll(() => service.stop())

const fail = (fault: Fault, times = 1) => {
  for (let index = 0; index < times; index += 1) service.files.once(fault)
}

describe('the signature', () => {
  it('is renewed five minutes before it expires, and not earlier', async () => {
    const clock = virtualClock({ start: Date.now() })
    const { store } = service.open({ clock })
    await store.read(path)
    await clock.advance(54 * minute)
    await store.read(path)
    const before = service.tvm.requests.length

    await clock.advance(2 * minute)
    await store.read(path)

    expect([before, service.tvm.requests.length]).toEqual([1, 2])
  })

  it('is renewed once when the store denies it, without losing the write', async () => {
    const { store } = service.open()
    await store.read(path)
    service.files.revoke()

    const written = await store.write(path, body, absent)

    expect(written.kind).toBe('written')
    expect(service.tvm.requests).toHaveLength(2)
  })

  it('is refused for good where a new one is denied too', async () => {
    service.tvm.grantMs = -minute

    const { store } = service.open()
    const errors = await Promise.all([
      errorOf(store.read(path)),
      errorOf(store.write(path, body, absent)),
      errorOf(store.delete(path)),
      errorOf(pathsIn(store.list(path))),
    ])

    expect(errors.map(({ code }) => code)).toEqual(Array(4).fill('store-refused'))
  })

  it('never appears in an error, nor does the key of the namespace', async () => {
    const { store, tvm } = service.open()
    const { signature } = await tvm.grant()
    const repeating = (status: number): Fault => ({
      kind: 'reply',
      reply: {
        status,
        headers: { 'x-ms-error-code': 'AuthenticationFailed' },
        body: `denied: ${signature} ${apiKey}`,
      },
    })
    fail(repeating(403), 2)
    const denied = await errorOf(store.read(path))
    fail(repeating(400))
    const refused = await errorOf(store.write(path, body, absent))
    fail({ kind: 'cut-before' }, 4)
    const unreachable = await errorOf(store.delete(path))
    fail({ kind: 'cut-before' })
    const unknown = await store.write(path, body, absent)
    const wrongKey = await errorOf(service.open({ apiKey: 'canary:wrong' }).store.read(path))

    const printed = inspect([denied, refused, unreachable, unknown, wrongKey], {
      depth: 10,
      showHidden: true,
    })

    const secrets = [...new URLSearchParams(signature).values(), 'canary', encodedKey(apiKey)]
    expect(secrets.filter((secret) => secret.length > 3 && printed.includes(secret))).toEqual([])
    expect(printed).not.toContain('sig=')
  })
})

function encodedKey(key: string): string {
  return Buffer.from(key).toString('base64')
}
