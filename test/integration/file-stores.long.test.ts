import { inspect } from 'node:util'
import { startAzureContainer } from '../fixtures/stores/azure-container'
import { startS3 } from '../fixtures/stores/s3-server'
import { startSftp } from '../fixtures/stores/sftp-server'
import { hurriedClock, sourceContext } from '../fixtures/source-context'
import type { FileStoreDefinition, StoredFile } from '../../src/sources/files/file-store'
import type { StoreServer } from '../fixtures/stores/store-server'

const signal = new AbortController().signal

describe.each([
  ['S3', startS3],
  ['Azure Blob', () => startAzureContainer('sas')],
  ['SFTP', startSftp],
])('%s', (_, start) => {
  let server: StoreServer
  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server.stop())

  function open(definition: FileStoreDefinition = server.definition) {
    return definition.open(sourceContext({ inputs: server.inputs, clock: hurriedClock() }))
  }

  async function list(prefix: string): Promise<StoredFile[]> {
    const store = open()
    const files: StoredFile[] = []
    for await (const page of store.list(prefix, signal)) files.push(...page)
    await store.close()
    return files.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async function read(file: StoredFile): Promise<string> {
    const store = open()
    try {
      const { bytes } = await store.read(file, signal)
      const chunks: Uint8Array[] = []
      for await (const chunk of bytes) chunks.push(chunk)
      return Buffer.concat(chunks).toString()
    } finally {
      await store.close()
    }
  }

  const only = async (name: string) => {
    const [file] = await list(name)
    if (!file) throw new Error(`${name} is not listed`)
    return file
  }

  it('lists the files below a prefix with size and time, and no folders', async () => {
    await server.put('list/a.csv', 'a\n1')
    await server.put('list/deep/er/b.csv', 'b')
    await server.put('listed-elsewhere.csv', 'c')

    const files = await list('list/')

    expect(files.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['list/a.csv', 3],
      ['list/deep/er/b.csv', 1],
    ])
    // A time zone that is read wrongly is at least a quarter of an hour off.
    for (const { modified } of files) expect(Math.abs(Date.now() - (modified ?? 0))).toBeLessThan(850_000)
  })

  it('lists every page', async () => {
    const names = Array.from({ length: 310 }, (_entry, index) => `many/${String(index).padStart(3, '0')}`)
    for (let at = 0; at < names.length; at += 31) {
      await Promise.all(names.slice(at, at + 31).map((name) => server.put(name, 'x')))
    }

    expect((await list('many/')).map(({ name }) => name)).toEqual(names)
  })

  it('reads names with special characters of URLs and XML', async () => {
    const name = "signs/a b+c&d'e#f?g=h%20ü;@,!().csv"
    await server.put(name, 'content')

    expect(await read(await only('signs/'))).toBe('content')
    expect((await list('signs/')).map((file) => file.name)).toEqual([name])
  })

  it('reads a large file whole', async () => {
    const content = Array.from({ length: 200_000 }, (_entry, index) => `line ${index}\n`).join('')
    await server.put('large.csv', content)

    expect(await read(await only('large.csv'))).toBe(content)
  })

  it('gives another version to a file that is replaced, and refuses the old one', async () => {
    await server.put('replaced.csv', 'old')
    const old = await only('replaced.csv')
    await server.put('replaced.csv', 'a new one')

    expect((await only('replaced.csv')).version).not.toBe(old.version)
    await expect(read(old)).rejects.toMatchObject({
      code: 'source-malformed',
      message: expect.stringContaining('changed while it was being read') as string,
    })
  })

  it('names a file that is gone', async () => {
    await server.put('gone.csv', 'x')
    const file = await only('gone.csv')
    await server.remove('gone.csv')

    await expect(read(file)).rejects.toMatchObject({
      message: expect.stringContaining('gone.csv') as string,
    })
  })

  it('reports a refused credential without its value', async () => {
    const store = open(server.withWrongCredential)
    const listing = async () => {
      for await (const page of store.list('', signal)) return page
      return []
    }

    const error = await listing().catch((thrown: unknown) => thrown as Error & { code: string })
    await store.close()

    expect(error).toMatchObject({ code: 'source-refused' })
    expect(inspect(error)).not.toContain(server.inputs.WRONG)
  })
})

it('Azure Blob accepts the key of the account, and refuses another key', async () => {
  const server = await startAzureContainer('key')
  try {
    await server.put('folder/a b+c&ü.csv', 'content')
    const context = sourceContext({ inputs: server.inputs, clock: hurriedClock() })
    const store = server.definition.open(context)
    for await (const [file] of store.list('folder/a b+c&', signal)) {
      expect(file?.name).toBe('folder/a b+c&ü.csv')
      if (!file) continue
      for await (const bytes of (await store.read(file, signal)).bytes) expect(String(bytes)).toBe('content')
    }
    const pages = server.withWrongCredential.open(context).list('', signal)
    await expect(pages[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'source-refused' })
  } finally {
    await server.stop()
  }
})

describe('the SFTP server', () => {
  let server: Awaited<ReturnType<typeof startSftp>>
  beforeAll(async () => {
    server = await startSftp()
  })
  afterAll(() => server.stop())

  async function list(inputs: Readonly<Record<string, string>>) {
    const store = server.definition.open(sourceContext({ inputs: { ...server.inputs, ...inputs } }))
    try {
      for await (const page of store.list('', signal)) return page
      return []
    } finally {
      await store.close()
    }
  }

  it('with another host key gets no credential', async () => {
    const before = server.logins.length

    await expect(list({ SFTP_HOST_KEY: `SHA256:${'A'.repeat(43)}` })).rejects.toMatchObject({
      code: 'source-refused',
      message: expect.stringContaining('another host key than SFTP_HOST_KEY') as string,
    })
    expect(server.logins).toHaveLength(before)
  })

  it('is not contacted with an invalid fingerprint of its host key', async () => {
    await expect(list({ SFTP_HOST_KEY: 'ssh-ed25519 AAAA' })).rejects.toMatchObject({ code: 'input-invalid' })
  })

  it('is unreachable where nothing listens', async () => {
    await expect(list({ SFTP_HOST: '127.0.0.2' })).rejects.toMatchObject({ code: 'source-unreachable' })
  })

  it('lists files whose kind the listing does not show', async () => {
    await server.put('untyped.csv', 'x')
    const store = server.definition.open(sourceContext({ inputs: server.inputs }))
    const names: string[] = []
    for await (const files of store.list('untyped', signal)) names.push(...files.map(({ name }) => name))
    await store.close()

    expect(names).toEqual(['untyped.csv'])
  })

  it('that ends the connection ends the read with an error', async () => {
    await server.put('cut.csv', 'x'.repeat(3_000_000))
    const store = server.definition.open(sourceContext({ inputs: server.inputs }))
    const reading = async () => {
      for await (const [file] of store.list('cut', signal)) {
        if (!file) continue
        for await (const chunk of (await store.read(file, signal)).bytes) if (chunk.length > 0) server.cut()
      }
    }

    await expect(reading()).rejects.toMatchObject({ code: 'source-unreachable' })
    await store.close()
  })
})
