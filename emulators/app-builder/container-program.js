// The program inside an action container: `init` loads the action from its folder, `run` calls it with `__OW_*` in the
// environment. It is plain JavaScript, so that the process loads nothing besides the action. Requests arrive over the
// IPC channel of `fork` instead of a port, so that no other process on this machine can run the action.
// Results and error texts match https://github.com/apache/openwhisk-runtime-nodejs.

const endOfActivation = 'XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX'

/** @type {((params: object) => unknown) | undefined} */
let main

function init({ main: name, folder, env }) {
  Object.assign(process.env, env)
  process.chdir(folder)
  try {
    main = require(folder)[name]
  } catch (error) {
    return { kind: 'refused', error: `Initialization has failed due to: ${error.stack}` }
  }
  if (typeof main === 'function') return { kind: 'result', result: { OK: true } }
  return { kind: 'refused', error: `Action entrypoint '${name}' is not a function.` }
}

async function run({ value, ...context }) {
  for (const [name, text] of Object.entries(context)) {
    if (typeof text === 'string') process.env[`__OW_${name.toUpperCase()}`] = text
  }
  try {
    const result = await main(value)
    if (result === undefined) return { kind: 'result', result: {} }
    if (typeof result === 'object' && result !== null) return { kind: 'result', result }
    return { kind: 'refused', error: 'The action did not return a dictionary or array.' }
  } catch (error) {
    const { name, message, stack } = Object(error)
    return { kind: 'result', result: { error: error instanceof Error ? { name, message, stack } : error } }
  } finally {
    process.stdout.write(`${endOfActivation}\n`)
    process.stderr.write(`${endOfActivation}\n`)
  }
}

process.on('message', async ({ id, call, body }) => {
  const end = call === 'init' ? init(body) : await run(body)
  process.send({ id, end })
})

// The parent process has ended.
process.once('disconnect', () => process.exit())
