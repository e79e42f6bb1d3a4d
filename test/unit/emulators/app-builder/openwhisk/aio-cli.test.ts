import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import AdmZip from 'adm-zip'
import { startOpenWhisk } from '../../../../../emulators/app-builder/openwhisk/openwhisk'
import { shapeOf } from '../../../../tools/aio-cli/exchange'
import type { OpenWhiskEmulator } from '../../../../../emulators/app-builder/openwhisk/openwhisk'
import type { Exchange, Recording } from '../../../../tools/aio-cli/exchange'

const fixtures = join(__dirname, '..', '..', '..', '..', 'fixtures')

/** Requests of `aio` 11.0.2, recorded by test/tools/aio-cli/record.ts; each command builds on those before it. */
const recordings = JSON.parse(readFileSync(join(fixtures, 'aio-cli.json'), 'utf8')) as readonly Recording[]

const credentials: Readonly<Record<string, string>> = {
  Basic: `Basic ${Buffer.from('uuid:key').toString('base64')}`,
  Bearer: 'Bearer token',
}

let openwhisk: OpenWhiskEmulator
let code: string
beforeAll(async () => {
  openwhisk = await startOpenWhisk({
    ...{ namespace: '12345-probe-stage', apiKey: 'uuid:key', deployToken: 'token' },
  })
  const zip = new AdmZip()
  zip.addLocalFile(join(fixtures, 'probe-action.js'), '', 'index.js')
  code = zip.toBuffer().toString('base64')
})
afterAll(() => openwhisk.stop())

const runs = () => openwhisk.activations.finished.filter(({ name }) => name === 'run')

async function replay({ method, path, authorization, body }: Exchange) {
  const response = await fetch(openwhisk.url + path.replace('{id}', runs().at(-1)?.activationId ?? 'none'), {
    method,
    headers: { authorization: credentials[authorization] ?? '', 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body).replace('{code}', code) } : {}),
  })
  return { status: response.status, shape: shapeOf(await response.text()) }
}

/** Whether a request starts the action, by itself or through the rule. */
const starts = ({ method, path }: Exchange) =>
  method === 'POST' && /\/(?:actions\/probe\/run|triggers\/wake)\?/.test(path)

it.each(recordings.map((recording, index) => [`${index + 1}: ${recording.command}`, recording] as const))(
  'the local platform answers the requests of command %s',
  async (_command, { exchanges }) => {
    for (const exchange of exchanges) {
      const ended = runs().length
      const { method, path, status, shape } = exchange
      expect({ method, path, ...(await replay(exchange)) }).toEqual({ method, path, status, shape })
      while (starts(exchange) && runs().length === ended)
        await new Promise((resolve) => setImmediate(resolve))
    }
  },
)

it('the recorded commands ran the action three times, and left nothing deployed', () => {
  const { packages, actions, triggers, rules } = openwhisk.entities

  expect(runs().map(({ response }) => response.status)).toEqual(['success', 'success', 'success'])
  expect([packages.size, actions.size, triggers.size, rules.size, openwhisk.alarms.all.size]).toEqual([
    0, 0, 0, 0, 0,
  ])
})
