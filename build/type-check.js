// A webpack plugin: a type error fails the build, and with it the deploy. One check serves all actions of a build; it
// runs in a process of its own beside the bundling.
const { execFile } = require('node:child_process')
const { readdirSync, statSync } = require('node:fs')
const { join } = require('node:path')

const root = join(__dirname, '..')
let last = { sources: '', errors: Promise.resolve('') }

module.exports = function typeCheck(compiler) {
  compiler.hooks.beforeRun.tap('type-check', () => void typeErrors())
  compiler.hooks.afterCompile.tapPromise('type-check', async (compilation) => {
    const errors = await typeErrors()
    if (errors !== '') compilation.errors.push(new compiler.webpack.WebpackError(errors))
  })
}

/** What tsc has to say of the sources as they are now; '' where it finds nothing wrong. */
function typeErrors() {
  const sources = ['src', 'actions'].map(versionsIn).join()
  if (sources !== last.sources) last = { sources, errors: runTsc() }
  return last.errors
}

/** Changes with every file that changes. */
function versionsIn(folder) {
  const files = readdirSync(join(root, folder), { recursive: true })
  return files.map((file) => `${file} ${statSync(join(root, folder, file)).mtimeMs}`).join()
}

function runTsc() {
  const tsc = require.resolve('typescript/bin/tsc')
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, '--project', 'tsconfig.build.json'], { cwd: root }, (error, output) =>
      resolve(error ? output || error.message : ''),
    )
  })
}
