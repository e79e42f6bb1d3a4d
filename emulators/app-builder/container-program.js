// The inside of an action container: POST /init loads the action from the folder in which it was unpacked, POST /run
// calls it with `__OW_*` in the environment. Plain JavaScript, so that the process holds nothing but the action.
// See https://github.com/apache/openwhisk-runtime-nodejs, whose answers these are.
const { createServer } = require('node:http')

const endOfActivation = 'XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX'

/** @type {((params: object) => unknown) | undefined} */
let main

function init({ main: name, folder, env }) {
  if (main) return { status: 403, body: { error: 'Cannot initialize the action more than once.' } }
  Object.assign(process.env, env)
  process.chdir(folder)
  try {
    main = require(folder)[name]
  } catch (error) {
    return { status: 502, body: { error: `Initialization has failed due to: ${error.stack}` } }
  }
  if (typeof main === 'function') return { status: 200, body: { OK: true } }
  return { status: 502, body: { error: `Action entrypoint '${name}' is not a function.` } }
}

async function run({ value, ...context }) {
  for (const [name, text] of Object.entries(context)) {
    if (typeof text === 'string') process.env[`__OW_${name.toUpperCase()}`] = text
  }
  try {
    const result = await main(value)
    if (result === undefined) return { status: 200, body: {} }
    if (typeof result === 'object' && result !== null) return { status: 200, body: result }
    return { status: 502, body: { error: 'The action did not return a dictionary or array.' } }
  } catch (error) {
    const { name, message, stack } = Object(error)
    return { status: 200, body: { error: error instanceof Error ? { name, message, stack } : error } }
  } finally {
    process.stdout.write(`${endOfActivation}\n`)
    process.stderr.write(`${endOfActivation}\n`)
  }
}

const server = createServer(async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const body = JSON.parse(Buffer.concat(chunks).toString())
  const { status, body: answer } = request.url === '/init' ? init(body.value) : await run(body)
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
})

// Nobody is left to talk to.
process.once('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
