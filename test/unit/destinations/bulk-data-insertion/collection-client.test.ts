import { createCollectionClient } from '../../../../src/destinations/bulk-data-insertion/collection-client'
import { virtualClock } from '../../../fixtures/virtual-clock'
import type { OutgoingBatch } from '../../../../src/destinations/destination'
import type { HttpRequest } from '../../../../src/http/http-client'

const batch: OutgoingBatch = {
  ...{ id: 'key', partition: 'group', fileName: 'batch.csv.gz', rows: 1 },
  bytes: Buffer.from('bytes'),
}

function clientWith(onAuthorize: () => void) {
  const requests: HttpRequest[] = []
  const client = createCollectionClient({
    clock: virtualClock(),
    redact: (text) => text,
    endpoints: { collection: 'http://collection', analytics: 'http://analytics' },
    http(request) {
      requests.push(request)
      const body = Buffer.from(JSON.stringify({ rows: 1, invalid_rows: 0 }))
      return Promise.resolve({ status: 200, headers: {}, body })
    },
    authorize() {
      onAuthorize()
      return Promise.resolve({ headers: { authorization: 'Bearer t' }, drop: () => Promise.resolve() })
    },
  })
  return { client, requests }
}

it('an upload does not leave where its send window closes while the token is minted', async () => {
  let open = true
  const { client, requests } = clientWith(() => (open = false))
  const answer = await client.upload(batch, { signal: new AbortController().signal, isOpen: () => open })

  expect(answer.kind).toBe('not-sent')
  expect(requests).toEqual([])
})

it('an upload leaves with its key and its visitor group while its send window is open', async () => {
  const { client, requests } = clientWith(() => undefined)
  await client.upload(batch, { signal: new AbortController().signal, isOpen: () => true })

  expect(requests).toMatchObject([
    {
      method: 'POST',
      headers: { 'x-adobe-idempotency-key': 'key', 'x-adobe-vgid': 'group', authorization: 'Bearer t' },
    },
  ])
})
