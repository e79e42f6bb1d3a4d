import { readParents } from '../../../../src/sources/rest/parents'
import { inPath } from '../../../../src/sources/rest/place'
import type { Source } from '../../../../src/sources/source'

it('parents whose carried fields take more than 16 MB end the read', async () => {
  const note = 'x'.repeat(1024 * 1024)
  const read = (count: number) => {
    const records = Array.from({ length: count }, (_, id) => ({ id, note }))
    const source: Source = {
      identity: 'parents',
      async *read() {
        yield await Promise.resolve({ records })
      },
    }
    const options = { fill: { id: inPath('order') }, carry: { as: 'order', fields: ['note'] } } as const
    return readParents(options, source, { mode: 'full-refresh', signal: new AbortController().signal })
  }

  expect(await read(15)).toHaveLength(15)
  await expect(read(16)).rejects.toMatchObject({ code: 'source-malformed' })
})
