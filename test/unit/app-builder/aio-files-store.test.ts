import { inspect } from 'node:util'
import { apiKey, startFilesService } from '../../fixtures/files-service'
import { virtualClock } from '../../fixtures/virtual-clock'
import type { Fault, LoggedRequest } from '../../../emulators/emulator'
import type { JobError } from '../../../src/errors'
import type { FilesService } from '../../fixtures/files-service'

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
  service.files.requests.length = 0
})
afterAll(() => service.stop())

const fail = (fault: Fault, times = 1, method?: string) => {
  for (let index = 0; index < times; index += 1) {
    service.files.once(fault, (request) => method === undefined || request.method === method)
  }
}
const answer = (status: number, code?: string): Fault => ({
  kind: 'reply',
  reply: { status, headers: code === undefined ? {} : { 'x-ms-error-code': code } },
})
const sent = (method: string) => service.files.requests.filter((request) => request.method === method)
const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new RangeError('it did not fail')
    },
    (error: unknown) => error as JobError,
  )

async function pathsIn(listing: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = []
  for await (const each of listing) found.push(each)
  return found
}

describe('a write', () => {
  it('asks the store itself for its condition', async () => {
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
    'is of unknown outcome at an HTTP %d that does not bear the mark of the store',
    async (status) => {
      fail(answer(status))

      expect(await service.open().store.write(path, body, absent)).toMatchObject({ kind: 'unknown' })
    },
  )

  it.each([408, 500, 503])('is of unknown outcome at an HTTP %d of the store', async (status) => {
    fail(answer(status, 'OperationTimedOut'))

    expect(await service.open().store.write(path, body, absent)).toMatchObject({ kind: 'unknown' })
  })

  it('is of unknown outcome where a 201 does not name the version', async () => {
    fail(answer(201))

    expect(await service.open().store.write(path, body, absent)).toMatchObject({ kind: 'unknown' })
  })

  it('is refused where the store finds fault with it', async () => {
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

  it('stops with the reason of its signal, whatever became of it', async () => {
    const reason = new RangeError('the lease is lost')
    const controller = new AbortController()
    service.files.once({ kind: 'hang' }, ({ method }) => {
      if (method === 'PUT') controller.abort(reason)
      return method === 'PUT'
    })

    const error = await errorOf(service.open().store.write(path, body, absent, controller.signal))

    expect(error).toBe(reason)
  })

  it('is of unknown outcome, not a failure of the run, where no signature is to be had', async () => {
    for (let tries = 0; tries < 4; tries += 1) service.tvm.once({ kind: 'cut-before' })

    const outcome = await service.open().store.write(path, body, absent)

    expect(outcome.kind).toBe('unknown')
    expect(sent('PUT')).toEqual([])
  })
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

  it('end in store-unreachable where that does not help', async () => {
    const { store } = service.open()
    const faults: Fault[] = [{ kind: 'cut-before' }, answer(500)]

    for (const fault of faults) {
      for (const call of [
        () => store.read(path),
        () => pathsIn(store.list(path)),
        () => store.delete(path),
      ]) {
        fail(fault, 4)
        expect(await errorOf(call())).toMatchObject({ code: 'store-unreachable', recovery: 'retry' })
      }
    }
  })

  it('do not take a 404 of something in between for a missing file', async () => {
    fail(answer(404))

    const error = await errorOf(service.open().store.read(path))

    expect(error.message).toBe(`GET ${path} in App Builder Files failed: it answered HTTP 404.`)
    expect(error.code).toBe('store-unreachable')
  })

  it('do not take a missing container for a missing file', async () => {
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

  it('do not take a page that is not a listing for an empty one', async () => {
    fail({ kind: 'reply', reply: { status: 200, body: '<html>Sign in</html>' } })

    expect(await errorOf(pathsIn(service.open().store.list(path)))).toMatchObject({
      code: 'store-unreachable',
    })
  })
})

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

  it('is renewed once when the store no longer honours it, without losing the write', async () => {
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

function conditionOf({ headers }: LoggedRequest) {
  return { 'if-none-match': headers['if-none-match'], 'if-match': headers['if-match'] }
}

function encodedKey(key: string): string {
  return Buffer.from(key).toString('base64')
}
