import { errorOf } from '../../../fixtures/error-of'
import { startFilesService } from '../../../fixtures/files-service'
import { pathsIn } from '../../../fixtures/paths-in'
import type { Fault } from '../../../../emulators/emulator'
import type { FilesService } from '../../../fixtures/files-service'

const absent = { ifAbsent: true } as const
const body = Buffer.from('{}')

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
})
afterAll(() => service.stop())

const fail = (fault: Fault, times = 1) => {
  for (let index = 0; index < times; index += 1) service.files.once(fault)
}
const answer = (status: number, code?: string): Fault => ({
  kind: 'reply',
  reply: { status, headers: code === undefined ? {} : { 'x-ms-error-code': code } },
})

describe('a read, a list and a delete', () => {
  it.each<Fault>([{ kind: 'cut-before' }, answer(500), answer(503, 'ServerBusy'), answer(429)])(
    'are repeated after %j',
    async (fault) => {
      const { store } = service.open()
      await store.write(path, body, absent)

      fail(fault, 3)
      const blob = await store.read(path)
      fail(fault, 3)
      const listed = await pathsIn(store.list(path))
      fail(fault, 3)
      await store.delete(path)

      expect(blob).toMatchObject({ body })
      expect(listed).toEqual([path])
      expect(await store.read(path)).toMatchObject({ etag: null })
    },
  )

  it('end with store-unreachable where every retry fails', async () => {
    const { store } = service.open()
    const faults: Fault[] = [{ kind: 'cut-before' }, answer(500)]

    for (const fault of faults) {
      for (const call of [
        () => store.read(path),
        () => pathsIn(store.list(path)),
        () => store.delete(path),
      ]) {
        fail(fault, 4)
        expect(await errorOf(call())).toMatchObject({ code: 'store-unreachable' })
      }
    }
  })

  it('do not treat the 404 of a proxy as a missing file', async () => {
    fail(answer(404))

    const error = await errorOf(service.open().store.read(path))

    expect(error.message).toBe(`GET ${path} in App Builder Files failed: it answered HTTP 404.`)
    expect(error.code).toBe('store-unreachable')
  })

  it('do not treat a missing container as a missing file', async () => {
    fail(answer(404, 'ContainerNotFound'))

    expect(await errorOf(service.open().store.read(path))).toMatchObject({ code: 'store-refused' })
  })

  it.each(['etag', 'date', 'last-modified'])('do not trust a file without a valid %s', async (missing) => {
    const date = new Date().toUTCString()
    const headers = { etag: '"1"', date, 'last-modified': date, [missing]: '' }
    fail({ kind: 'reply', reply: { status: 200, headers, body: '{}' } })

    const error = await errorOf(service.open().store.read(path))

    expect(error.code).toBe('store-unreachable')
    expect(error.message).toContain(`no valid ${missing} header`)
  })

  it('do not treat a body that is no listing as an empty page', async () => {
    fail({ kind: 'reply', reply: { status: 200, body: '<html>Sign in</html>' } })

    expect(await errorOf(pathsIn(service.open().store.list(path)))).toMatchObject({
      code: 'store-unreachable',
    })
  })
})
