import { namespace } from '../../../../fixtures/probe-app'
import { startProbeRuntime } from '../../../../fixtures/probe-runtime'
import type { ProbeRuntime } from '../../../../fixtures/probe-runtime'

const web = { annotations: [{ key: 'web-export', value: true }] }
const raw = { annotations: [...web.annotations, { key: 'raw-http', value: true }] }
const final = {
  annotations: [...web.annotations, { key: 'final', value: true }],
  parameters: [{ key: 'secret', value: 'bound' }],
}
const secured = {
  ...web,
  exec: {
    kind: 'sequence',
    components: ['/adobeio/shared-validators-v1/headless-v2', '/_/probe/private'],
  },
}

let runtime: ProbeRuntime
beforeAll(async () => {
  runtime = await startProbeRuntime({ verifyToken: (token) => (token === 'valid' ? {} : null) })
  await runtime.putProbe('web', web)
  await runtime.putProbe('raw', raw)
  await runtime.putProbe('final', final)
  await runtime.putProbe('private')
  await runtime.putProbe('secured', secured)
})
afterAll(() => runtime.openwhisk.stop())

const call = (path: string, init: RequestInit = {}) =>
  fetch(`${runtime.openwhisk.url}/api/v1/web/${namespace}/probe/${path}`, init)
const json = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-custom': 'yes' },
  body: JSON.stringify(body),
})

it('passes query, body and request metadata to a web action', async () => {
  const answer = await call('web.json/a/b?n=1', json({ m: 2 }))

  expect(await answer.json()).toMatchObject({
    params: {
      n: '1',
      m: 2,
      __ow_method: 'post',
      __ow_path: '/a/b',
      __ow_headers: { 'x-custom': 'yes' },
    },
  })
})

it('passes the unparsed query and body to a raw web action', async () => {
  const answer = await call('raw.json?n=1', json({ m: 2 }))

  const { params } = (await answer.json()) as {
    params: { __ow_query: string; __ow_body: string; m?: number }
  }
  expect(params.__ow_query).toBe('n=1')
  expect(Buffer.from(params.__ow_body, 'base64').toString()).toBe('{"m":2}')
  expect(params.m).toBeUndefined()
})

it.each([
  [{ statusCode: 201, body: { id: 7 } }, 201, 'application/json', '{"id":7}'],
  [{ body: '<p>hello</p>' }, 200, 'text/html; charset=UTF-8', '<p>hello</p>'],
  [{ headers: { 'Content-Type': 'image/png' }, body: 'aGk=' }, 200, 'image/png', 'hi'],
  [{ statusCode: 302, headers: { location: '/elsewhere' } }, 302, null, ''],
  [{}, 204, null, ''],
  [{ error: { statusCode: 418, body: 'teapot' } }, 418, 'text/html; charset=UTF-8', 'teapot'],
])('maps the result %j to an HTTP response', async (response, status, type, text) => {
  const answer = await call('web', { ...json({ do: 'respond', response }), redirect: 'manual' })

  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    status,
    type,
    text,
  ])
})

it('answers a CORS preflight without running the action', async () => {
  const answer = await call('web', { method: 'OPTIONS' })

  expect(answer.status).toBe(200)
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
})

it.each([
  ['an action that is not a web action', 'private', {}, 404],
  ['an unknown action', 'nothing', {}, 404],
  ['an action with a reserved parameter', 'web?__ow_method=get', {}, 400],
  ['a final action with a bound parameter', 'final?secret=mine', {}, 400],
  ['an action that ends its process', 'web?do=exit', {}, 400],
  ['a guarded action without a token', 'secured', {}, 401],
  ['a guarded action with a forged token', 'secured', { authorization: 'Bearer forged' }, 401],
  ['a guarded action with a valid token', 'secured', { authorization: 'Bearer valid' }, 204],
])('answers a request for %s with its status', async (_what, path, headers, status) => {
  const answer = await call(path, { headers })

  expect(answer.status).toBe(status)
})
