import { errorOf } from '../../../fixtures/error-of'
import { startFilesService } from '../../../fixtures/files-service'
import { virtualClock } from '../../../fixtures/virtual-clock'
import type { Fault, LoggedRequest } from '../../../../emulators/emulator'
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
  service.files.requests.length = 0
})
afterAll(() => service.stop())

const fail = (fault: Fault) => {
  service.files.once(fault)
}
const answer = (status: number, code?: string): Fault => ({
  kind: 'reply',
  reply: { status, headers: code === undefined ? {} : { 'x-ms-error-code': code } },
})
const sent = (method: string) => service.files.requests.filter((request) => request.method === method)

describe('a write', () => {
  it('sends its condition as If-Match or If-None-Match', async () => {
    const { store } = service.open()

    await store.write(path, body, absent)
    await store.write(path, body, { ifMatch: '"1"' })

    expect(sent('PUT').map(conditionOf)).toEqual([
      { 'if-none-match': '*', 'if-match': undefined },
      { 'if-none-match': undefined, 'if-match': '"1"' },
    ])
  })

  it.each([409, 412])('is a conflict at HTTP %d', async (status) => {
    fail(answer(status, 'ConditionNotMet'))

    expect(await service.open().store.write(path, body, absent)).toEqual({ kind: 'conflict' })
  })

  it.each([200, 307, 404, 408, 413, 429, 500, 503])(
    'is of unknown outcome at an HTTP %d without an error code of the store',
    async (status) => {
      fail(answer(status))

      expect(await service.open().store.write(path, body, absent)).toMatchObject({ kind: 'unknown' })
    },
  )

  it.each([408, 500, 503])('is of unknown outcome at an HTTP %d of the store', async (status) => {
    fail(answer(status, 'OperationTimedOut'))

    expect(await service.open().store.write(path, body, absent)).toMatchObject({ kind: 'unknown' })
  })

  it('is of unknown outcome where a 201 has no ETag', async () => {
    fail(answer(201))

    expect(await service.open().store.write(path, body, absent)).toMatchObject({ kind: 'unknown' })
  })

  it('is refused where the store answers that it is invalid', async () => {
    fail(answer(413, 'RequestBodyTooLarge'))

    const error = await errorOf(service.open().store.write(path, body, absent))

    expect(error.code).toBe('store-refused')
    expect(error.message).toBe(`PUT ${path} in App Builder Files was refused: HTTP 413 RequestBodyTooLarge.`)
  })

  it.each<Fault>([{ kind: 'cut-before' }, { kind: 'cut-after' }, answer(500)])(
    'is tried once only at %j',
    async (fault) => {
      fail(fault)

      await service.open().store.write(path, body, absent)

      expect(sent('PUT')).toHaveLength(1)
    },
  )

  it('is of unknown outcome where no answer comes in 20 s', async () => {
    const http = virtualClock()
    const arrived = new Promise<void>((resolve) => {
      service.files.once({ kind: 'hang-after' }, ({ method }) => {
        if (method === 'PUT') resolve()
        return method === 'PUT'
      })
    })
    const { store } = service.open({ http })

    const writing = store.write(path, body, absent)
    await arrived
    await http.advance(20_000)

    expect(await writing).toMatchObject({ kind: 'unknown' })
  })

  it('stops with the reason of its signal', async () => {
    const reason = new RangeError('the lease is lost')
    const controller = new AbortController()
    service.files.once({ kind: 'hang' }, ({ method }) => {
      if (method === 'PUT') controller.abort(reason)
      return method === 'PUT'
    })

    const error = await errorOf(service.open().store.write(path, body, absent, controller.signal))

    expect(error).toBe(reason)
  })

  it('is of unknown outcome, not a failure of the run, where no signature can be obtained', async () => {
    for (let tries = 0; tries < 4; tries += 1) service.tvm.once({ kind: 'cut-before' })

    const outcome = await service.open().store.write(path, body, absent)

    expect(outcome.kind).toBe('unknown')
    expect(sent('PUT')).toEqual([])
  })
})

function conditionOf({ headers }: LoggedRequest) {
  return { 'if-none-match': headers['if-none-match'], 'if-match': headers['if-match'] }
}
