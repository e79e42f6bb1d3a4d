import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * The inside of an action container: POST /init loads the action from the folder in which it was unpacked,
 * POST /run calls it with `__OW_*` in the environment. Speaks as OpenWhisk's Node.js action proxy does.
 */
type Main = (params: object) => unknown

let main: Main | null = null

function init(value: { readonly main?: string; readonly folder: string; readonly env?: object }): object {
  Object.assign(process.env, value.env)
  process.chdir(value.folder)
  const load = createRequire(join(value.folder, 'index.js'))
  const exported = load(value.folder) as Record<string, unknown>
  const entry = exported[value.main ?? 'main']
  if (typeof entry !== 'function')
    return { error: `Action entrypoint '${value.main ?? 'main'}' is not a function.` }
  main = entry as Main
  return { OK: true }
}

async function run({
  value,
  ...context
}: { readonly value: object } & Record<string, unknown>): Promise<object> {
  if (!main) return { status: 502, body: { error: 'The action was not initialized.' } }
  for (const [name, text] of Object.entries(context)) {
    if (typeof text === 'string') process.env[`__OW_${name.toUpperCase()}`] = text
  }
  try {
    const result = await main(value)
    if (result === undefined) return {}
    if (typeof result === 'object' && result !== null) return result
    return { error: 'The action did not return a dictionary or array.' }
  } catch (error) {
    const { name, message, stack } = error as Error
    return { error: { name, message, stack } }
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = JSON.parse(Buffer.concat(chunks).toString()) as never
  let result: object
  try {
    result = request.url === '/init' ? init((body as { value: never }).value) : await run(body)
  } catch (error) {
    result = { error: `Initialization has failed due to: ${String(error)}` }
  }
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(result))
}

const server = createServer((request, response) => void answer(request, response))
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
